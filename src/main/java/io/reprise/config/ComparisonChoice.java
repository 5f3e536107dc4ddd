package io.reprise.config;

/**
 * Two groups of runs of an experiment, compared once all have finished: are they the same mechanism?
 *
 * @param name in metrics: comparison/name/x_csi
 * @param one a group: an arm, or what is swept besides seeds
 * @param other the other group; the same, to compare seeds of one architecture with each other
 * @param task name of a task among both groups' {@code circuits.tasks}
 * @param wrongTask another of those, for causal transport's control; none if empty
 * @param force whether the task is let in if the screen refuses it
 */
public record ComparisonChoice(String name, String one, String other, String task, String wrongTask, boolean force) {
    public ComparisonChoice {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9_]*")) {
            throw new IllegalArgumentException("name = \"" + name
                    + "\" becomes part of metrics and file names: use letters, digits and underscores");
        }
    }

    public static ComparisonChoice defaults() {
        return new ComparisonChoice("comparison", "", "", "task", "", false);
    }
}
