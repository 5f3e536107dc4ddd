package io.reprise.analysis.overlap.channels;

import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.IntToDoubleFunction;

/**
 * Two models' operators of one relation. Nulls: each model against twins of the other with random weights, and against the other's
 * operators of another relation. Ceiling: seeds of one architecture against each other.
 */
public final class OperatorComparison {
    private final Resamples resamples;
    private final int directions;
    private final Rng rng;

    /** @param directions compared by their angles: the leading ones */
    public OperatorComparison(Resamples resamples, int directions, Rng rng) {
        if (directions < 1) {
            throw new IllegalArgumentException("directions = " + directions + "; expected 1 or more");
        }
        this.resamples = resamples;
        this.directions = directions;
        this.rng = rng;
    }

    /**
     * What stands beside a comparison; all over the same tokens.
     *
     * @param twinsOfA random weights, same prompts; at least one of these or of {@code twinsOfB}
     * @param twinsOfB the same
     * @param othersOfA other relations of A, on prompts of their own; may be none
     * @param othersOfB the same
     * @param seeds of one architecture, same prompts; may be none
     */
    public record References(
            List<TaskOperator> twinsOfA,
            List<TaskOperator> twinsOfB,
            List<TaskOperator> othersOfA,
            List<TaskOperator> othersOfB,
            List<TaskOperator> seeds) {
        public References {
            twinsOfA = List.copyOf(twinsOfA);
            twinsOfB = List.copyOf(twinsOfB);
            othersOfA = List.copyOf(othersOfA);
            othersOfB = List.copyOf(othersOfB);
            seeds = List.copyOf(seeds);
        }
    }

    /** Cosine, CKA, and the angles of the directions written and read. */
    public List<ChannelComparison> of(TaskOperator a, TaskOperator b, References references) {
        if (references.twinsOfA().isEmpty() && references.twinsOfB().isEmpty()) {
            throw new IllegalArgumentException("no null was given; give random-weights twins");
        }
        List<OperatorView> first = views(a);
        List<OperatorView> second = views(b);
        Map<String, List<List<List<OperatorView>>>> nulls = new LinkedHashMap<>();
        nulls.put("random weights", pairs(first, second, references.twinsOfA(), references.twinsOfB()));
        List<List<List<OperatorView>>> others = pairs(first, second, references.othersOfA(), references.othersOfB());
        if (!others.isEmpty()) {
            nulls.put("another relation", others);
        }
        List<List<OperatorView>> seeds =
                references.seeds().stream().map(this::views).toList();
        Map<String, BiFunction<OperatorView, OperatorView, Double>> measures = new LinkedHashMap<>();
        measures.put("operator: cosine", OperatorView::cosine);
        measures.put("operator: CKA", OperatorView::cka);
        measures.put("operator: directions written", (x, y) -> x.written(y, directions));
        measures.put("operator: directions read", (x, y) -> x.read(y, directions));
        List<ChannelComparison> figures = new ArrayList<>();
        measures.forEach((name, measure) -> {
            Map<String, List<IntToDoubleFunction>> measured = new LinkedHashMap<>();
            nulls.forEach((kind, of) -> measured.put(
                    kind,
                    of.stream()
                            .map(pair -> at(measure, pair.get(0), pair.get(1)))
                            .toList()));
            List<IntToDoubleFunction> ceilings = new ArrayList<>();
            for (int i = 0; i < seeds.size(); i++) {
                for (int j = 0; j < i; j++) {
                    ceilings.add(at(measure, seeds.get(i), seeds.get(j)));
                }
            }
            figures.add(new Calibrated(resamples, rng.split(name))
                    .of(name, Calibrated.Sense.SIMILARITY, at(measure, first, second), measured, ceilings));
        });
        return figures;
    }

    private List<List<List<OperatorView>>> pairs(
            List<OperatorView> a, List<OperatorView> b, List<TaskOperator> insteadOfA, List<TaskOperator> insteadOfB) {
        List<List<List<OperatorView>>> pairs = new ArrayList<>();
        insteadOfB.forEach(other -> pairs.add(List.of(a, views(other))));
        insteadOfA.forEach(other -> pairs.add(List.of(views(other), b)));
        return pairs;
    }

    private static IntToDoubleFunction at(
            BiFunction<OperatorView, OperatorView, Double> measure, List<OperatorView> a, List<OperatorView> b) {
        return draw -> measure.apply(a.get(draw), b.get(draw));
    }

    /** One per draw. An operator of other prompts has draws of its own. */
    private List<OperatorView> views(TaskOperator operator) {
        Resamples own = operator.size() == resamples.prompts()
                ? resamples
                : new Resamples(
                        operator.size(),
                        resamples.count() - 1,
                        rng.split("others").at(0));
        List<OperatorView> views = new ArrayList<>();
        for (int draw = 0; draw < own.count(); draw++) {
            views.add(new OperatorView(operator.mean(own.at(draw))));
        }
        return views;
    }
}
