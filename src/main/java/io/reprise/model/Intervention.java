package io.reprise.model;

import java.util.Set;

/**
 * An edit of the forward pass as data: at a site, at some positions and heads, put something else.
 *
 * @param site where
 * @param positions positions to edit; empty means all
 * @param heads heads to edit, for sites with a head axis; empty means all
 * @param edit what to put there
 */
public record Intervention(Site site, Set<Integer> positions, Set<Integer> heads, Edit edit) {

    /** What an intervention puts in place of a vector. */
    @FunctionalInterface
    public interface Edit {
        /**
         * Edits one vector in place.
         *
         * @param vector the features of one position (of one head, where the site has heads)
         */
        void apply(int sequence, int position, int head, double[] vector);

        /** Zero ablation. */
        Edit ZERO = (sequence, position, head, vector) -> java.util.Arrays.fill(vector, 0);

        /**
         * Another run's value at the same sequence, position and head. That run must reach as far as the edited one and have
         * been captured at a site with as many features.
         */
        static Edit from(Activations.Value other) {
            return (sequence, position, head, vector) -> {
                if (vector.length != other.shape().columns()) {
                    throw new IllegalArgumentException("a value of shape " + other.shape()
                            + " cannot be put where vectors have " + vector.length + " features");
                }
                for (int i = 0; i < vector.length; i++) {
                    vector[i] = other.shape().rank() == 4
                            ? other.at(sequence, position, head, i)
                            : other.at(sequence, position, i);
                }
            };
        }
    }

    public Intervention {
        positions = Set.copyOf(positions);
        heads = Set.copyOf(heads);
        switch (site.kind()) {
            case ATTN_SCORES, PATTERN, RESULT ->
                throw new IllegalArgumentException(
                        "site " + site + " can be read but not edited; edit q, k, v or z of the same block instead");
            default -> {}
        }
        boolean hasHeads =
                switch (site.kind()) {
                    case Q, K, V, ROT_Q, ROT_K, Z -> true;
                    default -> false;
                };
        if (!heads.isEmpty() && !hasHeads) {
            throw new IllegalArgumentException(
                    "site " + site + " has no heads; leave the heads of the intervention empty");
        }
    }

    /** At every position and head of {@code site}. */
    public static Intervention everywhere(Site site, Edit edit) {
        return new Intervention(site, Set.of(), Set.of(), edit);
    }
}
