package io.reprise.experiment;

import io.reprise.analysis.probe.ProbeResult;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a probe run left behind.
 *
 * @param directory run directory: results.json, probes.json, the probe, and the fine-tuned model if there is one
 * @param report its page
 * @param tracking where to look at it in MLflow; empty if nobody asked
 * @param already whether it was finished before, so that nothing was done
 */
public record ProbeOutcome(
        Path directory, ProbeResult result, Path report, Optional<String> tracking, boolean already) {}
