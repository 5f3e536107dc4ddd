package io.reprise.analysis.overlap.between;

import io.reprise.analysis.circuit.Unit;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;

/** What a component does on some prompts, told without reference to the width of its model. */
public final class Signature {
    private final Unit unit;
    private final double depth;
    private final double importance;
    private final int prompts;
    private final Map<SignatureChannel, double[]> vectors;

    Signature(Unit unit, double depth, double importance, int prompts, Map<SignatureChannel, double[]> vectors) {
        this.unit = unit;
        this.depth = depth;
        this.importance = importance;
        this.prompts = prompts;
        this.vectors = new EnumMap<>(SignatureChannel.class);
        this.vectors.putAll(vectors);
    }

    public Unit unit() {
        return unit;
    }

    /** Layer over layers; an MLP stands half a layer after its heads. */
    public double depth() {
        return depth;
    }

    /** What ablating it alone takes from the metric, averaged over the prompts. */
    public double importance() {
        return importance;
    }

    /** Whether both are heads or both MLPs. */
    public boolean sameKind(Signature other) {
        return unit.type().equals(other.unit.type());
    }

    /** From −1 to 1, raw; empty if one of them has no such channel. */
    public OptionalDouble similarity(SignatureChannel channel, Signature other) {
        double[] mine = vectors.get(channel);
        double[] theirs = other.vectors.get(channel);
        if (mine == null || theirs == null) {
            return OptionalDouble.empty();
        }
        if (mine.length != theirs.length) {
            throw new IllegalArgumentException("channel " + channel.key() + " of " + unit.name() + " and "
                    + other.unit.name() + " has " + mine.length + " and " + theirs.length
                    + " entries; expected signatures of the same prompts, roles, tokens and scores");
        }
        return OptionalDouble.of(Math.max(-1, Math.min(1, Vectors.dot(mine, theirs))));
    }

    /** The same with prompts exchanged: prompt i takes the place of prompt {@code order[i]}. */
    Signature permuted(int[] order) {
        Map<SignatureChannel, double[]> moved = new EnumMap<>(SignatureChannel.class);
        vectors.forEach((channel, vector) -> {
            if (channel.perPrompt()) {
                moved.put(channel, channel == SignatureChannel.OUTPUT ? square(vector, order) : line(vector, order));
            }
        });
        return new Signature(unit, depth, importance, prompts, moved);
    }

    private static double[] line(double[] vector, int[] order) {
        double[] moved = new double[vector.length];
        for (int i = 0; i < order.length; i++) {
            moved[order[i]] = vector[i];
        }
        return moved;
    }

    private static double[] square(double[] matrix, int[] order) {
        int n = order.length;
        double[] moved = new double[matrix.length];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                moved[order[i] * n + order[j]] = matrix[i * n + j];
            }
        }
        return moved;
    }

    int prompts() {
        return prompts;
    }
}
