package io.reprise.analysis.overlap.transport;

import java.util.List;
import java.util.Set;

/**
 * How transport is measured, as written in YAML. All of it is fixed before anything is measured.
 *
 * @param method of the map
 * @param penalties of ridge, tried on held-out sequences; in units of the stream's mean variance per dimension
 * @param sequences random token sequences that maps are fitted and held out on
 * @param heldOut share of the sequences that the penalty and the error are measured on
 * @param positions roles of the positions that are patched, and that maps are fitted on; empty means all
 * @param draws of the shuffled and of the random map
 * @param unmatched other components tried as controls, at most
 * @param resamples of the prompts, for intervals
 * @param seed of all draws
 */
public record TransportSpec(
        MapMethod method,
        List<Double> penalties,
        int sequences,
        double heldOut,
        Set<String> positions,
        int draws,
        int unmatched,
        int resamples,
        long seed) {
    public TransportSpec {
        penalties = List.copyOf(penalties);
        positions = Set.copyOf(positions);
        require(
                !penalties.isEmpty() && penalties.stream().allMatch(p -> p > 0 && Double.isFinite(p)),
                "penalties = " + penalties + "; expected positive numbers");
        require(sequences >= 2, "sequences = " + sequences + "; expected 2 or more");
        require(heldOut > 0 && heldOut < 1, "held_out = " + heldOut + "; expected a share between 0 and 1");
        require(draws >= 1, "draws = " + draws + "; expected 1 or more");
        require(unmatched >= 0, "unmatched = " + unmatched + "; expected 0 or more");
        require(resamples >= 2, "resamples = " + resamples + "; expected 2 or more");
    }

    public static TransportSpec defaults() {
        return new TransportSpec(
                MapMethod.RIDGE, List.of(1e-6, 1e-4, 1e-2, 1e-1, 1.0), 2048, 0.2, Set.of(), 3, 8, 1000, 0);
    }

    public TransportSpec withMethod(MapMethod other) {
        return new TransportSpec(other, penalties, sequences, heldOut, positions, draws, unmatched, resamples, seed);
    }

    public TransportSpec withPositions(Set<String> roles) {
        return new TransportSpec(method, penalties, sequences, heldOut, roles, draws, unmatched, resamples, seed);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
