package io.reprise.data;

import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The questions that a task asks: every sequence that it has, or a sample of them. */
public final class Questions {
    /** Random lists that are drawn for each question that is wanted, before it is taken that there are no more. */
    private static final int TRIES = 20;

    private Questions() {}

    /**
     * @param given members shown; see {@link BehaviourTask#members}
     * @param limit at most so many questions, drawn by {@code rng} where there are more; all models get the same
     */
    public static List<Question> of(BehaviourTask task, int given, SeriesCatalogue catalogue, int limit, Rng rng) {
        Source source = Source.of(task.component(given), catalogue);
        List<int[]> drafts = source.drawnFrom().isPresent() ? sampled(source, limit, rng) : enumerated(source);
        Rng draw = rng.split(task.name() + " " + given);
        int[] chosen = drafts.size() <= limit
                ? IntStream.range(0, drafts.size()).toArray()
                : Arrays.copyOf(draw.permutation(drafts.size()), limit);
        Arrays.sort(chosen);
        List<Question> questions = new ArrayList<>();
        for (int index : chosen) {
            questions.add(question(source, drafts.get(index)));
        }
        return questions;
    }

    private static List<int[]> enumerated(Source source) {
        List<int[]> drafts = new ArrayList<>();
        source.forEach(draft -> drafts.add(draft.cells()));
        return drafts;
    }

    private static List<int[]> sampled(Source source, int limit, Rng rng) {
        Rng draw = rng.split(source.label());
        Map<String, int[]> distinct = new LinkedHashMap<>();
        for (int i = 0; i < TRIES * limit && distinct.size() < limit; i++) {
            int[] cells = source.sample(draw).cells();
            distinct.putIfAbsent(Arrays.toString(cells), cells);
        }
        return List.copyOf(distinct.values());
    }

    private static Question question(Source source, int[] cells) {
        Question.Form form = Question.form(source.spec().rule());
        int[] members = Arrays.stream(cells).filter(cell -> cell >= 0).toArray();
        int given = form == Question.Form.SORT ? members.length / 2 : members.length - 1;
        List<Question.Member> written = Arrays.stream(members)
                .mapToObj(position -> new Question.Member(
                        source.series().text(position), source.series().parts(position)))
                .toList();
        boolean single = form == Question.Form.CONTINUE;
        return new Question(
                form,
                written.subList(0, given),
                written.subList(given, members.length),
                single && continues(source, members, 1),
                single && given > 1 && continues(source, members, members[given - 1] - members[given - 2]));
    }

    /** Whether the last member is {@code step} from the one before; where the series wraps, on either way round. */
    private static boolean continues(Source source, int[] members, int step) {
        int difference = members[members.length - 1] - members[members.length - 2] - step;
        Rule rule = source.spec().rule();
        boolean wraps =
                (rule instanceof Rule.Successor s && s.wrap()) || (rule instanceof Rule.Predecessor p && p.wrap());
        long length = source.spec().values().orElse(source.series().positions()).size();
        return wraps ? Math.floorMod(difference, length) == 0 : difference == 0;
    }
}
