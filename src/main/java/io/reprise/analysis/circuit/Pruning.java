package io.reprise.analysis.circuit;

import java.util.Set;

/** A circuit that loses one unit at a time. */
public interface Pruning {
    /** What is left. */
    Set<Unit> kept();

    /** The metric of every prompt if {@code unit} went, too; equal to {@link TaskModel#values}, up to rounding. */
    double[] without(Unit unit);

    /** Takes {@code unit} out for good. */
    void drop(Unit unit);
}
