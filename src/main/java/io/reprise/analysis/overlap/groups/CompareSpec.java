package io.reprise.analysis.overlap.groups;

import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.search.SearchSpec;
import io.reprise.analysis.overlap.transport.TransportSpec;

/**
 * How models are compared, fixed before anything is measured.
 *
 * @param search how circuits are looked for: among nodes or channels, which another model can have, too
 * @param controls random circuits beside a transfer
 * @param twins models with random weights per shape, by which single channels are calibrated
 * @param halves of the prompts, for the intervals of distances between circuits
 * @param resamples for the intervals of X-CSI and of the lens; half as many for operators, each of which takes an SVD a draw
 * @param operators prompts of which relation operators are taken, at most
 * @param directions of operators compared by their angles
 * @param transport of single components
 * @param seed of all draws
 */
public record CompareSpec(
        SearchSpec search,
        int controls,
        int twins,
        int halves,
        int resamples,
        int operators,
        int directions,
        TransportSpec transport,
        long seed) {
    public CompareSpec {
        if (search.units() != Universe.Kind.NODES && search.units() != Universe.Kind.CHANNELS) {
            throw new IllegalArgumentException("units = " + search.units().key()
                    + " are one model's own; circuits of two models are compared in units: nodes, or channels");
        }
        require(controls >= 10, "controls = " + controls + "; expected 10 or more");
        require(twins >= 4, "twins = " + twins + "; expected 4 or more");
        require(halves >= 2, "halves = " + halves + "; expected 2 or more");
        require(resamples >= 100, "resamples = " + resamples + "; expected 100 or more for a 95% interval");
        require(operators >= 2, "operators = " + operators + "; expected 2 prompts or more");
        require(directions >= 1, "directions = " + directions + "; expected 1 or more");
    }

    public static CompareSpec of(SearchSpec search, long seed) {
        return new CompareSpec(search, 100, 8, 4, 200, 16, 4, TransportSpec.defaults(), seed);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
