package io.reprise.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reprise.analysis.lens.Cell;
import io.reprise.analysis.lens.TokenScore;
import io.reprise.analysis.lens.Trajectory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A lens for other programs: every statistic of every cell. */
public final class LensData {
    private static final ObjectMapper JSON = new ObjectMapper();

    private LensData() {}

    /** One object with all prompts. */
    static String json(LensView view) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("model", view.model());
        root.put("shape", view.shape());
        root.put("decoder", view.decoder());
        root.put("prompts", view.prompts().stream().map(p -> tree(view, p)).toList());
        try {
            return JSON.writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a lens cannot be written as JSON", e);
        }
    }

    /** One prompt: its tokens, the rows' names, and the cells [row][position]. */
    public static Map<String, Object> tree(LensView view, LensView.Prompt prompt) {
        Trajectory trajectory = prompt.trajectory();
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("prompt", prompt.name());
        tree.put("tokens", trajectory.tokens());
        List<String> texts = new ArrayList<>();
        for (int token : trajectory.tokens()) {
            texts.add(view.rawToken(token));
        }
        tree.put("token_texts", texts);
        tree.put("from", trajectory.from());
        tree.put("to", trajectory.to());
        tree.put("rows", trajectory.rows().stream().map(Trajectory.Row::name).toList());
        tree.put("sites", trajectory.rows().stream().map(Trajectory.Row::site).toList());
        List<List<Map<String, Object>>> rows = new ArrayList<>();
        for (int row = 0; row < trajectory.rows().size(); row++) {
            List<Map<String, Object>> cells = new ArrayList<>();
            for (int position = trajectory.from(); position < trajectory.to(); position++) {
                cells.add(tree(view, trajectory.cell(row, position)));
            }
            rows.add(cells);
        }
        tree.put("cells", rows);
        return tree;
    }

    private static Map<String, Object> tree(LensView view, Cell cell) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kl", cell.kl());
        tree.put("entropy", cell.entropy());
        tree.put("guess", tree(view, cell.guess()));
        cell.next().ifPresent(next -> tree.put("next", tree(view, next)));
        tree.put("top", cell.top().stream().map(score -> tree(view, score)).toList());
        if (!cell.followed().isEmpty()) {
            tree.put(
                    "followed",
                    cell.followed().stream().map(score -> tree(view, score)).toList());
        }
        return tree;
    }

    private static Map<String, Object> tree(LensView view, TokenScore score) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("token", score.token());
        tree.put("text", view.rawToken(score.token()));
        tree.put("logit", score.logit());
        tree.put("probability", score.probability());
        tree.put("rank", score.rank());
        return tree;
    }

    /** A line per cell (RFC 4180); what does not exist is empty. */
    static String csv(LensView view) {
        int most = view.prompts().stream()
                .mapToInt(
                        p -> p.trajectory().cell(0, p.trajectory().from()).top().size())
                .max()
                .orElse(0);
        StringBuilder csv = new StringBuilder("prompt,row,site,position,token_id,token,kl,entropy");
        for (String who : List.of("guess", "next")) {
            csv.append(",%1$s_id,%1$s,%1$s_logit,%1$s_probability,%1$s_rank".formatted(who));
        }
        for (int k = 1; k <= most; k++) {
            csv.append(",top_%1$d_id,top_%1$d,top_%1$d_logit,top_%1$d_probability".formatted(k));
        }
        csv.append("\r\n");
        for (LensView.Prompt prompt : view.prompts()) {
            Trajectory trajectory = prompt.trajectory();
            for (int row = 0; row < trajectory.rows().size(); row++) {
                for (int position = trajectory.from(); position < trajectory.to(); position++) {
                    csv.append(line(view, prompt, row, position)).append("\r\n");
                }
            }
        }
        return csv.toString();
    }

    private static String line(LensView view, LensView.Prompt prompt, int row, int position) {
        Trajectory trajectory = prompt.trajectory();
        Cell cell = trajectory.cell(row, position);
        int token = trajectory.tokens()[position];
        List<Object> fields = new ArrayList<>(List.of(
                prompt.name(),
                trajectory.rows().get(row).name(),
                trajectory.rows().get(row).site(),
                position,
                token,
                view.rawToken(token),
                cell.kl(),
                cell.entropy()));
        add(fields, view, cell.guess());
        fields.add(cell.guess().rank());
        if (cell.next().isPresent()) {
            add(fields, view, cell.next().get());
            fields.add(cell.next().get().rank());
        } else {
            fields.addAll(List.of("", "", "", "", ""));
        }
        cell.top().forEach(score -> add(fields, view, score));
        return fields.stream().map(LensData::quoted).collect(Collectors.joining(","));
    }

    private static void add(List<Object> fields, LensView view, TokenScore score) {
        fields.addAll(List.of(score.token(), view.rawToken(score.token()), score.logit(), score.probability()));
    }

    private static String quoted(Object field) {
        String text = field.toString();
        return text.matches("(?s).*[\",\r\n].*|\\s.*|.*\\s") ? "\"" + text.replace("\"", "\"\"") + "\"" : text;
    }
}
