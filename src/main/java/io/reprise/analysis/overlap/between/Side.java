package io.reprise.analysis.overlap.between;

import io.reprise.analysis.circuit.Unit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One of the two models of a comparison, or a circuit in it. */
public final class Side {
    private final Signatures signatures;
    private final List<Signatures> twins;
    private final Optional<EdgeMatrix> edges;

    /**
     * @param signatures of the components that are compared
     * @param twins the same shape of model with fresh random weights, read on the same prompts; eight give every channel of a model
     *     with one MLP a null of 24 pairs
     * @param edges between components; without them only the components are compared, not how they are joined
     */
    public Side(Signatures signatures, List<Signatures> twins, Optional<EdgeMatrix> edges) {
        this.signatures = signatures;
        this.twins = List.copyOf(twins);
        this.edges = edges;
        if (signatures.components().isEmpty()) {
            throw new IllegalArgumentException("a circuit without components has nothing to compare");
        }
        if (this.twins.isEmpty()) {
            throw new IllegalArgumentException(
                    "no twins with random weights are given; similarities can't be calibrated without a null");
        }
        edges.ifPresent(matrix -> matrix.requireAll(signatures.units()));
    }

    public Signatures signatures() {
        return signatures;
    }

    List<Signatures> twins() {
        return twins;
    }

    /** [component][component], largest 1; empty without edges. */
    Optional<double[][]> edges() {
        return edges.map(matrix -> matrix.between(signatures.units()));
    }

    /** Each component's share of the importance. */
    double[] masses() {
        double[] sizes = signatures.components().stream()
                .mapToDouble(signature -> Math.abs(signature.importance()))
                .toArray();
        double sum = Arrays.stream(sizes).sum();
        if (!(sum > 0)) {
            throw new IllegalArgumentException("ablating any one component changes nothing: the circuit has no "
                    + "importance to transport, and its likeness to another is not identifiable");
        }
        return Arrays.stream(sizes).map(size -> size / sum).toArray();
    }

    /** On some of the prompts. */
    public Side on(int[] prompts) {
        return new Side(
                signatures.on(prompts),
                twins.stream().map(twin -> twin.on(prompts)).toList(),
                edges);
    }

    /** A circuit's members only. The twins stay whole: any component of theirs is a random one. */
    public Side only(Set<Unit> units) {
        return new Side(signatures.only(units), twins, edges);
    }
}
