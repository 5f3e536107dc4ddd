package io.reprise.analysis.relation.study;

import java.util.List;

/**
 * A measure along one hyper-parameter.
 *
 * @param axis layer, beta or rank
 * @param measure recall (of layer and β) or efficacy (of ranks)
 * @param subjects training: the inner held-out subjects that the choice is made by; test: held-out subjects, for reading only
 * @param layer where h is read on a curve of β or rank; empty on a curve of layers
 * @param points in the order of the axis
 */
public record Curve(Axis axis, String measure, Subjects subjects, String layer, List<Point> points) {
    /** What varies. */
    public enum Axis {
        LAYER,
        BETA,
        RANK
    }

    /** Whose answers are counted. */
    public enum Subjects {
        TRAINING,
        TEST
    }

    /**
     * @param at the layer's name, or the number as text
     * @param value over trials
     */
    public record Point(String at, Spread value) {}

    public Curve {
        points = List.copyOf(points);
    }
}
