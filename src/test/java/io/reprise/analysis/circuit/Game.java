package io.reprise.analysis.circuit;

import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** A task without a model: a metric of the units kept, worked out by hand. Its logits are the metric and 0. */
public record Game(Universe universe, Metric metric, int prompts, Worth worth) implements TaskModel {
    /** The metric of one prompt. */
    @FunctionalInterface
    public interface Worth {
        double of(Set<Unit> kept, int prompt);
    }

    /** All prompts alike. */
    public static Game of(Universe universe, Metric metric, int prompts, ToDoubleFunction<Set<Unit>> worth) {
        return new Game(universe, metric, prompts, (kept, prompt) -> worth.applyAsDouble(kept));
    }

    /** Units add up, by name, on top of {@code base}. */
    public static Game additive(Universe universe, double base, int prompts, Map<String, Double> worth) {
        return of(
                universe,
                Metric.LOGIT_DIFFERENCE,
                prompts,
                kept -> base
                        + kept.stream()
                                .mapToDouble(unit -> worth.getOrDefault(unit.name(), 0.0))
                                .sum());
    }

    @Override
    public PairSet pairs() {
        List<PromptPair> pairs = IntStream.range(0, prompts)
                .mapToObj(i -> new PromptPair(List.of(2 * i), List.of(2 * i + 1), 0, 1))
                .toList();
        return new PairSet("game", List.of(new PairSet.Group(List.of("x1"), pairs)));
    }

    @Override
    public Ablation ablation() {
        return Ablation.of(Ablation.Kind.ZERO);
    }

    @Override
    public double[] values(Set<Unit> kept) {
        universe.require(kept);
        return IntStream.range(0, prompts)
                .mapToDouble(prompt -> worth.of(kept, prompt))
                .toArray();
    }

    @Override
    public double[][] logits(Set<Unit> kept) {
        double[] values = values(kept);
        return IntStream.range(0, prompts)
                .mapToObj(prompt -> new double[] {values[prompt], 0})
                .toArray(double[][]::new);
    }
}
