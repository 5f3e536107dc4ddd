package io.reprise.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A made-up result with every kind of content. */
public final class RunResults {
    private RunResults() {}

    public static RunResult of(String name, String hash, long seed, Map<String, Double> metrics) {
        Map<String, Integer> examples = new LinkedHashMap<>();
        examples.put("train", 4096);
        examples.put("validation", 512);
        examples.put("test", 512);
        Map<String, String> digests = new LinkedHashMap<>();
        examples.forEach((split, count) -> digests.put(split, String.format("%032x", (long) split.hashCode() + count)));
        return new RunResult(
                name,
                hash,
                seed,
                "finished",
                "validation accuracy 100% for 5 evaluations",
                "1 layer, 2 heads, d_model 64",
                38720,
                1700,
                "Can it count?",
                "Yes.",
                new DataSummary(examples, digests, 66, Map.of("examples", 0.0), List.of("a bigram table solves this")),
                metrics,
                List.of(new Score("test", "determined", 511, 512, 0.98, 0.999, Double.NaN, 1, 0.5)),
                List.of(new ExpectationResult("test/x", "at least 0.98", Double.NaN, false, "")),
                List.of(new SampleContinuation(
                        List.of("1", "2"), "3", true, List.of(new SampleContinuation.Guess("3", 0.9)))),
                List.of(new Figure(
                        "pattern-0.0",
                        "Head 0.0",
                        "looks back",
                        "probability",
                        "query",
                        "key",
                        List.of("1", "2"),
                        List.of("1", "2"),
                        List.of(Arrays.asList(1.0, null), new ArrayList<>(List.of(0.5, 0.5))))),
                Map.of("train", 1.5));
    }
}
