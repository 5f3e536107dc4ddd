package io.reprise.analysis.circuit.evaluation;

import java.util.List;

/**
 * Faithfulness f of the most important units, by how many they are, with CPR, the area under f, and CMD, the area of |1 − f|
 * (Mueller et al. 2025, MIB: a mechanistic interpretability benchmark, section 3). Of an ideal ranking CPR is large and CMD small.
 *
 * <p>Linear areas are trapezoids over the shares from 0.001 to 1, as published: f = 1 throughout has a CPR of 0.999. Logarithmic
 * ones are trapezoids over the shares' logarithms, divided by ln 1000, so that f = 1 throughout has a CPR of 1.
 *
 * @param order what comes first
 * @param points at 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50 and 100%
 */
public record FaithfulnessCurve(
        Ranking.Order order, List<Point> points, Figure cpr, Figure cmd, Figure logCpr, Figure logCmd) {
    /**
     * The circuit of one size.
     *
     * @param share of all units
     * @param requested the share in units, rounded down as published: 0 in a small universe
     * @param kept of these; fewer where edges on no path to the logits were taken out
     */
    public record Point(double share, int requested, int kept, Figure faithfulness) {}

    public FaithfulnessCurve {
        points = List.copyOf(points);
    }
}
