package io.reprise.experiment;

import io.reprise.run.RunResult;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a run left behind.
 *
 * @param directory run directory
 * @param result content of its results.json
 * @param report its page, if one was made
 * @param tracking where to look at it in MLflow, or why it isn't there yet; empty if nobody asked
 * @param already whether it was finished before, so that nothing was done
 */
public record RunOutcome(
        Path directory, RunResult result, Optional<Path> report, Optional<String> tracking, boolean already) {}
