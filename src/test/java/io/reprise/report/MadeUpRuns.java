package io.reprise.report;

import io.reprise.run.DataSummary;
import io.reprise.run.ExpectationResult;
import io.reprise.run.Figure;
import io.reprise.run.RunResult;
import io.reprise.run.SampleContinuation;
import io.reprise.run.SampleContinuation.Guess;
import io.reprise.run.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Run directories with plausible, invented numbers, for looking at reports and for testing them. */
final class MadeUpRuns {
    private static final String CONFIG = """
            name: %s
            seed: 42
            task:
              series: numerals   # a comment with <angle brackets> & an ampersand
              rule: {add: 1}
            model: {n_layers: 1, n_heads: 2, d_model: 64, d_mlp: 0}
            train: {steps: 2000, batch_size: 256, loss: next_token, lr: 1.0e-3}
            """;

    private MadeUpRuns() {}

    /** One-head sorting: 64×64 OV and QK matrices, attention 12×12, failed expectation. */
    static RunResult sorting(Path directory) throws IOException {
        Random random = new Random(7);
        List<String> values = IntStream.range(0, 64).mapToObj(Integer::toString).collect(Collectors.toList());
        List<String> context = List.of("11", "52", "3", "40", "27", "SEP", "3", "11", "27", "40", "52", "END");
        List<Figure> figures = List.of(
                new Figure(
                        "attention-0.0",
                        "Attention of head 0.0 on one test sequence",
                        "After SEP the head looks at the smallest value that is still to come: one bright cell a row.",
                        "attention probability",
                        "query",
                        "key",
                        context,
                        context,
                        attention(12, random)),
                new Figure(
                        "ov-0.0",
                        "OV circuit of head 0.0",
                        "A bright diagonal: attending to a value raises that value's own logit, and little else.",
                        "logit",
                        "source token",
                        "output token",
                        values,
                        values,
                        matrix(64, (i, j) -> (i == j ? 9 : -0.8) + random.nextGaussian() * 0.7)),
                new Figure(
                        "qk-0.0",
                        "QK circuit of head 0.0",
                        "Brightest just right of the diagonal: each value asks for the next larger one.",
                        "score (before softmax)",
                        "query token",
                        "key token",
                        values,
                        values,
                        matrix(
                                64,
                                (i, j) -> (j > i ? 6 * Math.exp(-(j - i) / 12.0) : -4) + random.nextGaussian() * 0.5)));
        List<Score> scores = new ArrayList<>(List.of(
                new Score("test", "determined", 20461, 20480, 0.9985, 0.9995, 1, 0.0612, 0.0755),
                new Score("test", "seen", 16200, 16201, 0.9996, 1, 1, 0.0661, 0.0802),
                new Score("test", "unseen", 4261, 4279, 0.9934, 0.9973, 1, 0, 0.0577),
                new Score("test", "whole_answer", 4078, 4096, 0.9931, 0.9972, 1, 0.0002, 0.0007),
                new Score("test", "rule sort", 20461, 20480, 0.9985, 0.9995, Double.NaN, Double.NaN, Double.NaN),
                new Score("train", "determined", 20480, 20480, 0.9998, 1, 1, 0.0634, 0.31),
                new Score("validation", "determined", 0, 0, Double.NaN, Double.NaN, 1, Double.NaN, Double.NaN)));
        for (int i = 10; i >= 6; i--) {
            long right = 4096 - 2L * (i - 5) * (i - 5);
            scores.add(new Score(
                    "test",
                    "position " + i,
                    right,
                    4096,
                    right / 4096.0 - 0.004,
                    Math.min(1, right / 4096.0 + 0.002),
                    1,
                    0.03 + 0.01 * i,
                    0.05 + 0.012 * i));
        }
        curves(directory, "sorting", random, 2400, 4.2);
        return result(
                "sorting",
                "Can one attention head sort five distinct values of 64 it never saw in this order?",
                "Yes for single values, not quite for whole answers: 99.91% of next values are right on unseen sets, and"
                        + " 99.56% of whole answers. The OV matrix copies and the QK matrix asks for the next larger value.",
                data(
                        Map.of("train", 4096, "val", 512, "test", 4096),
                        List.of("64·63·62·61·60 orders exist; training saw" + " 0.0004% of them.")),
                scores,
                List.of(
                        new ExpectationResult("test/determined_accuracy", "at least 0.998", 20461 / 20480.0, true, ""),
                        new ExpectationResult(
                                "test/whole_answer_accuracy", "at least 0.999", 4078 / 4096.0, false, "bigram 0.0002"),
                        new ExpectationResult(
                                "held_out/determined_accuracy", "between 0.35 and 0.65", Double.NaN, false, "")),
                samples(),
                figures);
    }

    /** Numerals +1, everything met, hostile tokens. */
    static RunResult quickstart(Path directory) throws IOException {
        Random random = new Random(11);
        List<String> context = List.of("12", "13", "14", "15", "<", "&", "\"", "<bos>");
        List<Figure> figures = new ArrayList<>();
        for (int head = 0; head < 2; head++) {
            figures.add(new Figure(
                    "attention-0." + head,
                    "Attention of head 0." + head,
                    "Each position looks at itself: the next number depends on the last one only.",
                    "attention probability",
                    "query",
                    "key",
                    context,
                    context,
                    attention(8, random)));
        }
        List<String> months = List.of(
                " January",
                " February",
                " March",
                " April",
                " May",
                " June",
                " July",
                " August",
                " September",
                " October",
                " November",
                " December");
        figures.add(new Figure(
                "ov-months",
                "OV circuit in token space",
                "The bright cells lie one right of the diagonal: a month raises the next month.",
                "logit",
                "source token",
                "output token",
                months,
                months,
                matrix(12, (i, j) -> (j == (i + 1) % 12 ? 7 : 0) + random.nextGaussian())));
        List<String> ninety = IntStream.range(0, 90).mapToObj(i -> "token" + i).collect(Collectors.toList());
        figures.add(new Figure(
                "big",
                "Ninety by ninety",
                "Long labels, thinned.",
                "logit",
                "source token",
                "output token",
                ninety,
                ninety,
                matrix(90, (i, j) -> Math.sin(i / 9.0) * Math.cos(j / 7.0))));
        figures.add(new Figure(
                "small",
                "Four by four",
                "Values are printed into large cells.",
                "accuracy (share)",
                "trained on",
                "tested on",
                months.subList(0, 4),
                months.subList(0, 4),
                matrix(4, (i, j) -> i == j ? 1 : random.nextDouble())));
        figures.add(new Figure(
                "lens",
                "Lens",
                "More rows than columns.",
                "probability",
                "site",
                "position",
                IntStream.range(0, 26).mapToObj(i -> "blocks." + i).collect(Collectors.toList()),
                months.subList(0, 4),
                matrix(26, (i, j) -> i / 26.0 * random.nextDouble()).stream()
                        .map(row -> row.subList(0, 4))
                        .toList()));
        List<Score> scores = List.of(
                new Score("test", "determined", 3072, 3072, 0.9988, 1, 1, 1, 1),
                new Score("test", "position 1", 512, 512, 0.9926, 1, 1, 1, 1),
                new Score("test", "position 2", 512, 512, 0.9926, 1, 1, 1, 1));
        curves(directory, "quickstart", random, 1700, 3.9);
        return result(
                "quickstart",
                "Does the pipeline learn numerals +1 on examples it never saw?",
                "Yes: every one of 3,072 next numbers is right. A bigram table reaches the same, so what is learnt here"
                        + " is a lookup.",
                data(
                        Map.of("train", 4096, "val", 512, "test", 512),
                        List.of("A bigram table solves this task (100%): what is learnt here is a lookup.")),
                scores,
                List.of(new ExpectationResult("test/determined_accuracy", "at least 0.999", 1, true, "bigram 1.0")),
                samples().subList(0, 4),
                figures);
    }

    private static RunResult result(
            String name,
            String question,
            String answer,
            DataSummary data,
            List<Score> scores,
            List<ExpectationResult> expectations,
            List<SampleContinuation> samples,
            List<Figure> figures) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        scores.stream()
                .filter(score -> score.total() > 0)
                .forEach(score -> metrics.put(
                        score.split() + "/" + score.kind().replace(' ', '_') + "_accuracy", score.accuracy()));
        metrics.put("final/train/loss", 0.00123);
        Map<String, Double> seconds = new LinkedHashMap<>();
        seconds.put("data", 0.41);
        seconds.put("train", 83.2);
        seconds.put("evaluate", 1.9);
        return new RunResult(
                name,
                "5f3a91c2",
                42,
                "finished",
                "validation accuracy 100% for 5 evaluations",
                "1 layer, 2 heads, d_model 64, attention only",
                38720,
                1700,
                question,
                answer,
                data,
                metrics,
                scores,
                expectations,
                samples,
                figures,
                seconds);
    }

    private static DataSummary data(Map<String, Integer> sizes, List<String> notes) {
        Map<String, Integer> examples = new LinkedHashMap<>();
        List.of("train", "val", "test").forEach(split -> examples.put(split, sizes.get(split)));
        Map<String, Double> overlaps = new LinkedHashMap<>();
        overlaps.put("examples", 0.0);
        overlaps.put("prefixes", 0.431);
        overlaps.put("windows", 0.0641);
        overlaps.put("prefix_next", 0.4288);
        overlaps.put("previous_next", 1.0);
        return new DataSummary(
                examples,
                Map.of("train", "9f86d081884c7d659a2feaa0c55ad015", "test", "60303ae22b998861bce3b28f33eec1be"),
                67,
                overlaps,
                notes);
    }

    private static List<SampleContinuation> samples() {
        return List.of(
                new SampleContinuation(
                        List.of("11", "52", "3", "40", "27", "SEP"),
                        "3",
                        true,
                        List.of(new Guess("3", 0.9931), new Guess("11", 0.0042), new Guess("4", 0.0011))),
                new SampleContinuation(
                        List.of("<", "&", "\"", " January", "\n"),
                        "<b>",
                        true,
                        List.of(new Guess("<b>", 0.62), new Guess("&amp;", 0.31), new Guess("", 0.07))),
                new SampleContinuation(
                        List.of("10", "12", "14"),
                        "16",
                        true,
                        List.of(new Guess("15", 0.71), new Guess("16", 0.284), new Guess("17", 0.006))),
                new SampleContinuation(
                        List.of("7"),
                        "8",
                        false,
                        List.of(new Guess("9", 0.51), new Guess("8", 0.48999), new Guess("10", 0.00001))),
                new SampleContinuation(
                        IntStream.range(0, 40).mapToObj(Integer::toString).collect(Collectors.toList()),
                        "40",
                        true,
                        List.of(new Guess("40", 0.97), new Guess("41", 0.02), new Guess("39", 0.004))),
                new SampleContinuation(
                        List.of("twenty-one", "twenty-two"),
                        "twenty-three",
                        true,
                        List.of(new Guess("twenty-three", 1), new Guess("twenty-four", 0), new Guess("thirty", 0))),
                new SampleContinuation(
                        List.of("one", "two"),
                        "three",
                        true,
                        List.of(new Guess("three", 0.88), new Guess("four", 0.1), new Guess("two", 0.02))));
    }

    /** Three widths, five seeds each, one value missing. */
    static ComparisonTable comparison() {
        Random random = new Random(3);
        List<ComparisonTable.Row> rows = new ArrayList<>();
        List<String> seeds = List.of("seed 1", "seed 2", "seed 3", "seed 4", "seed 5");
        for (int width : new int[] {32, 64, 128}) {
            List<Double> accuracy = new ArrayList<>();
            List<Double> loss = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                accuracy.add(Math.min(1, 1 - 1.2 / width * (0.6 + random.nextDouble())));
                loss.add(width == 128 && i == 2 ? Double.NaN : 4.0 / width * (0.6 + random.nextDouble()));
            }
            rows.add(new ComparisonTable.Row(
                    List.of(Integer.toString(width), "cosine"),
                    seeds,
                    Map.of("test/determined_accuracy", accuracy, "final/train/loss", loss)));
        }
        return new ComparisonTable(
                "seeds & widths",
                List.of("model.d_model", "train.schedule"),
                List.of(
                        ComparisonTable.Metric.of("test/determined_accuracy"),
                        ComparisonTable.Metric.of("final/train/loss")),
                rows);
    }

    static List<List<Double>> attention(int size, Random random) {
        List<List<Double>> rows = new ArrayList<>();
        for (int query = 0; query < size; query++) {
            double[] weights = new double[size];
            double sum = 0;
            for (int key = 0; key <= query; key++) {
                weights[key] = Math.exp(3 * random.nextGaussian());
                sum += weights[key];
            }
            List<Double> row = new ArrayList<>();
            for (int key = 0; key < size; key++) {
                row.add(key > query ? null : Double.valueOf(weights[key] / sum));
            }
            rows.add(row);
        }
        return rows;
    }

    interface Cell {
        double at(int row, int column);
    }

    static List<List<Double>> matrix(int size, Cell cell) {
        return IntStream.range(0, size)
                .mapToObj(i ->
                        IntStream.range(0, size).mapToObj(j -> cell.at(i, j)).collect(Collectors.toList()))
                .collect(Collectors.toList());
    }

    private static void curves(Path directory, String name, Random random, int steps, double start) throws IOException {
        Files.createDirectories(directory);
        StringBuilder lines = new StringBuilder();
        for (int step = 0; step <= steps; step += 5) {
            double t = step / (double) steps;
            double loss = 0.004 + (start - 0.004) / (1 + Math.exp(14 * (t - 0.35))) * Math.exp(-2 * t);
            double noisy = loss * Math.exp(0.25 * random.nextGaussian());
            double rate = t < 0.05 ? 1e-3 * t / 0.05 : 0.5e-3 * (1 + Math.cos(Math.PI * (t - 0.05) / 0.95));
            lines.append(String.format(
                    Locale.ROOT, "{\"step\": %d, \"train/loss\": %.6f, \"train/lr\": %.8f", step, noisy, rate));
            if (step % 100 == 0) {
                double accuracy = 1 / (1 + Math.exp(-18 * (t - 0.33)));
                lines.append(String.format(
                        Locale.ROOT,
                        ", \"val/loss\": %.6f, \"val/accuracy\": %.6f",
                        loss * 1.2,
                        t > 0.8 ? 1 : accuracy));
            }
            lines.append("}\n");
        }
        Files.writeString(directory.resolve("metrics.jsonl"), lines);
        Files.writeString(directory.resolve("config.yaml"), String.format(CONFIG, name));
        Files.writeString(directory.resolve("provenance.json"), """
                {"started_at": "2026-01-01T10:00:00Z", "command": ["./reprise", "run", "experiments/%s.yaml", "train.note=it's < 3"],
                 "version": "0.1.0", "git": {"commit": "164d05e0c1ffee164d05e0c1ffee164d05e0c1ff", "dirty": false},
                 "machine": {"java": "17.0.15", "os": "Linux", "arch": "amd64", "cpu": "a processor", "processors": 2},
                 "backend": "cpu", "kernels": "simd 256 bit", "threads": 2,
                 "data_digests": {"test": "60303ae22b998861bce3b28f33eec1be", "train": "9f86d081884c7d659a2feaa0c55ad015"},
                 "libraries": {"org.nd4j:nd4j-api": "1.0.0-M2.1", "org.xerial:sqlite-jdbc": "3.50.3.0"}}
                """.formatted(name));
    }
}
