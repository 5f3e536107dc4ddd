package io.reprise.experiment;

import java.nio.file.Path;

/**
 * How a run is done; nothing here changes its results.
 *
 * @param runs directory that run directories are made in
 * @param datasets directory of the series and relations that experiments name
 * @param threads this run's share
 * @param resume go on with an interrupted run
 * @param force redo a finished or broken one
 * @param trainOnly stop after training: no evaluation on the test set, no analyses, no report
 */
public record RunOptions(Path runs, Path datasets, int threads, boolean resume, boolean force, boolean trainOnly) {
    public RunOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("--threads " + threads + ": expected 1 or more");
        }
        if (resume && force) {
            throw new IllegalArgumentException("--resume and --force exclude each other: go on, or start over");
        }
    }

    public RunOptions withThreads(int share) {
        return new RunOptions(runs, datasets, share, resume, force, trainOnly);
    }
}
