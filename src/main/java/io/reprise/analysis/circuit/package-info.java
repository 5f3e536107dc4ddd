/**
 * Circuits: the parts of a model that a task needs. A {@link io.reprise.analysis.circuit.Universe} lists the
 * {@link io.reprise.analysis.circuit.Unit}s that can be kept or ablated; a {@link io.reprise.analysis.circuit.TaskModel} tells what
 * a task's metric is when only some are kept; everything that finds, judges or compares circuits stands on these.
 */
package io.reprise.analysis.circuit;
