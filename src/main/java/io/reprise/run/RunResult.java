package io.reprise.run;

import java.util.List;
import java.util.Map;

/**
 * Everything a finished run knows besides its curves (metrics.jsonl) and predictions: the content of results.json.
 *
 * @param status finished | stopped_not_finite
 * @param stopReason in words
 * @param metrics flat, slashed names: test/determined_accuracy, final/train/loss, best/val/accuracy …; always finite
 * @param secondsByPhase wall time: data, train, evaluate, analyse … (not part of any repeatable file)
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
        Map<String, Double> secondsByPhase) {}
