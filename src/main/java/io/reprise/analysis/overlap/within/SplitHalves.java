package io.reprise.analysis.overlap.within;

import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.data.PairSet;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Finds circuits of two tasks on halves of their prompts, again and again: what CSI is made of within one model. */
public final class SplitHalves {
    private final Universe universe;
    private final Function<PairSet, Set<Unit>> discovery;

    /** @param discovery the circuit found on some prompts */
    public SplitHalves(Universe universe, Function<PairSet, Set<Unit>> discovery) {
        this.universe = universe;
        this.discovery = discovery;
    }

    /** The circuits of both halves of a task's prompts. */
    public record Halves(Set<Unit> first, Set<Unit> second) {}

    /** One task's circuits, for each split. */
    public List<Halves> of(PairSet prompts, int splits, Rng rng) {
        if (prompts.size() < 4) {
            throw new IllegalArgumentException("task " + prompts.name() + " has " + prompts.size()
                    + " prompts for discovery; halves need at least 4");
        }
        List<Halves> halves = new ArrayList<>();
        for (int split = 0; split < splits; split++) {
            List<Integer> order =
                    Arrays.stream(rng.permutation(prompts.size())).boxed().toList();
            int middle = order.size() / 2;
            halves.add(new Halves(
                    discovery.apply(prompts.select(order.subList(0, middle))),
                    discovery.apply(prompts.select(order.subList(middle, order.size())))));
        }
        return halves;
    }

    /**
     * The repetitions of CSI; those where a circuit is empty or the whole model, so that J* is not identifiable, are left out.
     *
     * @param one circuits of a task
     * @param other circuits of the other task, as many
     */
    public List<Csi.Repetition> repetitions(List<Halves> one, List<Halves> other) {
        if (one.size() != other.size()) {
            throw new IllegalArgumentException(one.size() + " splits of one task and " + other.size()
                    + " of the other; split both as often, so that each repetition has both");
        }
        List<Csi.Repetition> repetitions = new ArrayList<>();
        for (int i = 0; i < one.size(); i++) {
            Halves a = one.get(i);
            Halves b = other.get(i);
            StructuralOverlap there = StructuralOverlap.of(universe, a.first(), b.second());
            StructuralOverlap back = StructuralOverlap.of(universe, a.second(), b.first());
            Optional<Double> own = adjusted(a.first(), a.second());
            Optional<Double> others = adjusted(b.first(), b.second());
            if (own.isEmpty()
                    || others.isEmpty()
                    || there.adjustedJaccard().isEmpty()
                    || back.adjustedJaccard().isEmpty()) {
                continue;
            }
            repetitions.add(new Csi.Repetition(
                    (there.adjustedJaccard().get() + back.adjustedJaccard().get()) / 2,
                    (own.get() + others.get()) / 2,
                    (there.stratified().expectedAdjusted().orElseThrow()
                                    + back.stratified().expectedAdjusted().orElseThrow())
                            / 2));
        }
        return repetitions;
    }

    private Optional<Double> adjusted(Set<Unit> one, Set<Unit> other) {
        return StructuralOverlap.of(universe, one, other).adjustedJaccard();
    }
}
