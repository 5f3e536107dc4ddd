package io.reprise.analysis.overlap.groups;

import io.reprise.analysis.overlap.between.Side;
import io.reprise.analysis.overlap.between.Signatures;
import io.reprise.analysis.overlap.channels.LensProfile;
import io.reprise.analysis.overlap.channels.TaskOperator;
import java.util.List;

/**
 * Twins of a shape with random weights, each seen in all ways.
 *
 * @param calibration signatures that single channels are calibrated by
 * @param sides of others: what circuits are compared with that share nothing
 * @param lenses of all
 * @param operators of all
 */
record Untrained(
        List<Signatures> calibration, List<Side> sides, List<LensProfile> lenses, List<TaskOperator> operators) {
    Untrained {
        calibration = List.copyOf(calibration);
        sides = List.copyOf(sides);
        lenses = List.copyOf(lenses);
        operators = List.copyOf(operators);
    }
}
