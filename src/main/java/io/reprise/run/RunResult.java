package io.reprise.run;

import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything a finished run knows besides its curves (metrics.jsonl) and predictions: the content of results.json.
 *
 * @param status finished | stopped_not_finite
 * @param stopReason in words
 * @param metrics flat, slashed names: test/determined_accuracy, final/train/loss, best/val/accuracy …; always finite
 * @param secondsByPhase wall time: data, train, evaluate, analyse … (does not repeat)
 */
public record RunResult(
        String name,
        String configHash,
        long seed,
        String status,
        String stopReason,
        String model,
        long parameters,
        long steps,
        String question,
        String answer,
        DataSummary data,
        Map<String, Double> metrics,
        List<Score> scores,
        List<ExpectationResult> expectations,
        List<SampleContinuation> samples,
        List<Figure> figures,
        Map<String, Double> secondsByPhase) {
    public RunResult {
        metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
        metrics.forEach((metric, value) -> {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("metric " + metric + " = " + value
                        + ": leave out what could not be measured, status and stop_reason tell why");
            }
        });
        scores = List.copyOf(scores);
        expectations = List.copyOf(expectations);
        samples = List.copyOf(samples);
        figures = List.copyOf(figures);
        secondsByPhase = Collections.unmodifiableMap(new LinkedHashMap<>(secondsByPhase));
    }

    /** To results.json, replacing it whole. */
    public void write(Path file, AtomicFile files) throws IOException {
        files.write(file, Json.write(this));
    }

    /** Of results.json. @throws IOException naming the file, what is wrong and where */
    public static RunResult read(Path file) throws IOException {
        return Json.read(file, RunResult.class);
    }
}
