package io.reprise.cli;

import io.reprise.analysis.circuit.evaluation.CircuitEvaluation;
import io.reprise.analysis.circuit.evaluation.Completeness;
import io.reprise.analysis.circuit.evaluation.Figure;
import io.reprise.analysis.circuit.evaluation.Minimality;
import io.reprise.analysis.circuit.roles.HeadRole;
import io.reprise.analysis.circuit.roles.HeadScore;
import io.reprise.analysis.circuit.roles.HeadScores;
import io.reprise.analysis.circuit.screen.Screening;
import io.reprise.experiment.CircuitFound;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A circuit and its figures, for people. */
final class CircuitTable {
    /** Rows of a table; the rest is counted. */
    private static final int MOST_ROWS = 30;
    /** Names of units at a checkpoint. */
    private static final int MOST_NAMES = 8;

    private final CircuitFound found;
    private final List<String> lines = new ArrayList<>();

    private CircuitTable(CircuitFound found) {
        this.found = found;
    }

    static List<String> lines(CircuitFound found) {
        var table = new CircuitTable(found);
        table.head();
        table.figures();
        if (!found.units().isEmpty()) {
            table.units();
        }
        found.ensemble().ifPresent(table::ensemble);
        found.roles().ifPresent(table::roles);
        if (!found.checkpoints().isEmpty()) {
            table.checkpoints();
        }
        found.file().ifPresent(table.lines::add);
        return table.lines;
    }

    private void head() {
        CircuitEvaluation evaluation = found.evaluation();
        Screening screening = found.screening();
        line("task", "%s", found.prompts());
        line(
                "model",
                "%s · %s%s",
                found.model(),
                found.shape(),
                found.processing().isEmpty() ? "" : " · weights: " + String.join(", ", found.processing()));
        line(
                "screen",
                "%saccuracy %.3f · prefers the answer in %.3f [%.3f, %.3f] · lookups: %s",
                screening.forced() ? "forced · " : "",
                screening.accuracy(),
                screening.preferred(),
                screening.preferredInterval().low(),
                screening.preferredInterval().high(),
                screening.lookups().stream()
                        .map(lookup -> text("%s %.3f", lookup.name().replaceFirst("\\), .*", ")"), lookup.accuracy()))
                        .collect(Collectors.joining(" · ")));
        line(
                "circuit",
                "%d of %d %s · %s, keeping %s of %s · %s",
                found.units().size(),
                found.universe(),
                found.kind(),
                found.method(),
                text("%s%%", number(100 * found.keep()).replaceFirst("\\.?0+$", "")),
                evaluation.metric().key(),
                found.ablation());
        String search = Arrays.stream(new String[] {"trials", "sweeps", "requested", "kept"})
                .filter(found.figures()::containsKey)
                .map(name -> text("%s %.0f", name, found.figures().get(name)))
                .collect(Collectors.joining(" · "));
        if (!search.isEmpty()) {
            line("", "%s", search);
        }
        line(
                "metric",
                "model %.4g · circuit %.4g · all but the circuit %.4g · nothing %.4g, on %d other prompts",
                evaluation.whole(),
                evaluation.alone(),
                evaluation.without(),
                evaluation.nothing(),
                evaluation.prompts());
        lines.add("");
    }

    private void figures() {
        CircuitEvaluation evaluation = found.evaluation();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("", "circuit", "95% interval", "random circuits", "range", "p"));
        rows.add(row("score", evaluation.score()));
        rows.add(row("faithfulness", evaluation.faithfulness()));
        rows.add(row("necessity", evaluation.necessity()));
        evaluation.completeness().ifPresent(c -> {
            rows.add(row("incompleteness", c.incompleteness()));
            rows.add(row("incompleteness, KL", c.divergence()));
        });
        evaluation.curve().ifPresent(curve -> {
            rows.add(row("CPR", curve.cpr()));
            rows.add(row("CMD", curve.cmd()));
        });
        table(rows);
        Set<String> problems = new LinkedHashSet<>();
        for (Figure figure : List.of(evaluation.score(), evaluation.faithfulness(), evaluation.necessity())) {
            figure.estimate().problem().ifPresent(problems::add);
        }
        evaluation.uncontrolled().ifPresent(why -> problems.add("no random circuits: " + why));
        problems.forEach(lines::add);
        evaluation.completeness().ifPresent(this::worst);
        evaluation.minimality().ifPresent(this::minimality);
        lines.add("");
    }

    private static List<String> row(String name, Figure figure) {
        return List.of(
                name,
                figure.estimate().value().map(CircuitTable::number).orElse("none"),
                figure.estimate()
                        .interval()
                        .map(interval -> text("[%s, %s]", number(interval.low()), number(interval.high())))
                        .orElse(""),
                figure.control().map(control -> number(control.mean())).orElse(""),
                figure.control()
                        .map(control -> text(
                                "[%s, %s]",
                                number(control.range().low()),
                                number(control.range().high())))
                        .orElse(""),
                figure.control().map(control -> text("%.3g", control.p())).orElse(""));
    }

    private void worst(Completeness completeness) {
        if (!completeness.worstKnockout().isEmpty()) {
            lines.add(text(
                    "least complete without %s: |circuit - model| is %s",
                    names(completeness.worstKnockout()), number(completeness.worst())));
        }
    }

    private void minimality(Minimality minimality) {
        minimality.units().stream()
                .min(Comparator.comparingDouble(Minimality.Change::change))
                .ifPresent(least -> lines.add(text(
                        "least needed: %s changes the metric by %s%s",
                        least.unit(),
                        number(least.change()),
                        minimality
                                .otherMean()
                                .map(mean -> "; units from outside by " + number(mean) + " on average")
                                .orElse(""))));
    }

    private void units() {
        boolean survival = found.ensemble().isPresent();
        boolean changes = found.evaluation().minimality().isPresent();
        boolean roles = found.roles().isPresent();
        List<List<String>> rows = new ArrayList<>();
        rows.add(columns("unit", "search score", survival, "survival", changes, "change", "p", roles, "role"));
        Set<CircuitFound.Member> shown = found.units().stream()
                .sorted(Comparator.comparingDouble(
                        member -> -Math.abs(member.change().or(member::score).orElse(0.0))))
                .limit(MOST_ROWS)
                .collect(Collectors.toSet());
        for (CircuitFound.Member member : found.units()) {
            if (shown.contains(member)) {
                rows.add(columns(
                        member.unit(),
                        words(member.score()),
                        survival,
                        member.survival().map(share -> text("%.2f", share)).orElse(""),
                        changes,
                        words(member.change()),
                        member.p().map(p -> text("%.3g", p)).orElse(""),
                        roles,
                        member.role().orElse("")));
            }
        }
        table(rows);
        if (found.units().size() > shown.size()) {
            lines.add("and " + (found.units().size() - shown.size()) + " more; --out and --json have all");
        }
    }

    private static List<String> columns(
            String unit,
            String score,
            boolean withSurvival,
            String survival,
            boolean withChange,
            String change,
            String p,
            boolean withRole,
            String role) {
        List<String> columns = new ArrayList<>(List.of(unit, score));
        if (withSurvival) {
            columns.add(survival);
        }
        if (withChange) {
            columns.addAll(List.of(change, p));
        }
        if (withRole) {
            columns.add(role);
        }
        return columns;
    }

    private void ensemble(CircuitFound.Ensemble ensemble) {
        Set<String> members =
                found.units().stream().map(CircuitFound.Member::unit).collect(Collectors.toSet());
        String others = ensemble.survival().entrySet().stream()
                .filter(entry -> !members.contains(entry.getKey()))
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .limit(MOST_ROWS)
                .map(entry -> text("%s %.2f", entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(" · "));
        lines.add("");
        line(
                "orders",
                "%d random ones keep %d to %d units; outside the circuit: %s",
                ensemble.runs(),
                ensemble.sizes().stream().min(Integer::compare).orElse(0),
                ensemble.sizes().stream().max(Integer::compare).orElse(0),
                others.isEmpty() ? "none" : others);
    }

    private void roles(HeadScores scores) {
        lines.add("");
        List<HeadRole> roles = scores.largest().stream()
                .map(HeadScores.Largest::role)
                .filter(HeadRole::assignable)
                .toList();
        Set<String> members =
                found.units().stream().map(CircuitFound.Member::unit).collect(Collectors.toSet());
        Set<String> named =
                scores.roles().keySet().stream().map(head -> head.name()).collect(Collectors.toSet());
        List<List<String>> rows = new ArrayList<>();
        List<String> headings = new ArrayList<>(List.of("head"));
        roles.forEach(role -> headings.add(role.key()));
        rows.add(headings);
        List<String> heads = scores.scores().stream()
                .map(CircuitTable::name)
                .distinct()
                .filter(head -> named.contains(head) || members.contains(head))
                .limit(MOST_ROWS)
                .toList();
        for (String head : heads) {
            List<String> row = new ArrayList<>(List.of(head + (members.contains(head) ? "" : " (outside)")));
            roles.forEach(role -> row.add(scores.of(role).stream()
                    .filter(score -> name(score).equals(head))
                    .findFirst()
                    .map(score -> text(
                            "%.2f%s",
                            score.score(), score.p() <= 1 - scores.rule().level() + 1e-12 ? "*" : ""))
                    .orElse("")));
            rows.add(row);
        }
        List<String> largest = new ArrayList<>(List.of("largest"));
        List<String> random = new ArrayList<>(List.of("of random weights"));
        List<String> p = new ArrayList<>(List.of("p"));
        for (HeadRole role : roles) {
            HeadScores.Largest most = scores.largest().stream()
                    .filter(each -> each.role() == role)
                    .findFirst()
                    .orElseThrow();
            largest.add(text("%.2f", most.score()));
            random.add(text("%.2f", most.nullMean()));
            p.add(text("%.3g", most.p()));
        }
        rows.addAll(List.of(largest, random, p));
        table(rows);
        lines.add("* above 99% of the heads of its layer in " + scores.rule().twins()
                + " models with random weights; largest: of all heads of the model, and the mean largest there");
    }

    private static String name(HeadScore score) {
        return "a" + score.layer() + ".h" + score.head();
    }

    private void checkpoints() {
        lines.add("");
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("step", "accuracy", "units", "score", "faithfulness", "random", "J* with the last", ""));
        for (CircuitFound.AtStep step : found.checkpoints()) {
            Optional<Figure> faithfulness = step.faithfulness();
            rows.add(List.of(
                    Figures.count(step.step()),
                    text("%.3f", step.accuracy()),
                    step.refused().isPresent()
                            ? "none"
                            : Integer.toString(step.units().size()),
                    words(step.score()),
                    words(faithfulness.flatMap(figure -> figure.estimate().value())),
                    words(faithfulness.flatMap(Figure::control).map(control -> control.mean())),
                    words(step.shared()),
                    step.refused()
                            .map(why -> text("refused: prefers the answer in %.3f", step.preferred()))
                            .orElseGet(() -> names(step.units()))));
        }
        table(rows);
    }

    private static String names(List<String> units) {
        return String.join(" ", units.stream().limit(MOST_NAMES).toList())
                + (units.size() > MOST_NAMES ? " and " + (units.size() - MOST_NAMES) + " more" : "");
    }

    private void line(String label, String format, Object... values) {
        lines.add("%-9s".formatted(label) + text(format, values));
    }

    /** Columns of one width each: the first to the left, numbers to the right, the last as it is. */
    private void table(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String pad = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? "" : "  ");
                line.append(i == 0 || i == columns - 1 ? row.get(i) + pad : pad + row.get(i));
            }
            lines.add(line.toString().stripTrailing());
        }
    }

    private static String words(Optional<Double> value) {
        return value.map(CircuitTable::number).orElse("");
    }

    private static String number(double value) {
        return Math.abs(value) >= 100 ? text("%.1f", value) : text("%.3f", value);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
