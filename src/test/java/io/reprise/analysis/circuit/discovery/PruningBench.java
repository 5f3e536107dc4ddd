package io.reprise.analysis.circuit.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.nodes.NodeModel;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.model.pretrained.Residency;
import io.reprise.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * Times the backward sweep of greedy node pruning: {@code PruningBench DIRECTORY PLAN THREADS own|half|none}. The plan is a JSON file
 * with the prompts and, trial by trial, what stays out. If there is none it is made: 64 random prompts of 17 tokens, and decisions by
 * our numbers, by a coin, or nothing staying out (which costs most). Else its decisions are taken whatever the numbers say, so that
 * others can be timed on the same sequence.
 *
 * <p>Prints one JSON object: seconds of the sweep (after the metric of the whole model, which compiles the kernels as well), the
 * scores of its trials and the peak memory of the process (VmHWM).
 */
public final class PruningBench {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PROMPTS = 64;
    private static final int TOKENS = 17;

    private PruningBench() {}

    /** Ends the search when the first sweep is over. */
    private static final class SweepEnded extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    public static void main(String[] args) throws IOException {
        Path plan = Path.of(args[1]);
        int threads = Integer.parseInt(args[2]);
        try (Backend backend = new CpuBackend(threads);
                ModelDirectory directory = ModelDirectory.open(Path.of(args[0]))) {
            backend.warmUp();
            Transformer model = directory.transformer(backend, Residency.ALL);
            boolean replay = Files.exists(plan);
            List<PromptPair> pairs = replay ? pairs(JSON.readTree(plan.toFile()).get("prompts")) : random(model);
            List<Boolean> decisions = new ArrayList<>();
            if (replay) {
                JSON.readTree(plan.toFile()).get("out").forEach(out -> decisions.add(out.asBoolean()));
            }
            Rng coin = Rng.of(1);
            GreedyPruning.Decision rule =
                    switch (args[3]) {
                        case "own" -> (trial, percent) -> percent > 80;
                        case "half" -> (trial, percent) -> coin.nextInt(2) == 0;
                        case "none" -> (trial, percent) -> false;
                        default -> throw new IllegalArgumentException(args[3] + "; expected own, half or none");
                    };
            measure(task(model, pairs), rule, replay, decisions);
            if (!replay) {
                JSON.writeValue(plan.toFile(), Map.of("prompts", pairs, "out", decisions));
            }
        }
    }

    private static void measure(TaskModel task, GreedyPruning.Decision rule, boolean replay, List<Boolean> decisions)
            throws IOException {
        int nodes = task.universe().units().size();
        double full = task.score(task.universe().all());
        List<Double> scores = new ArrayList<>();
        long start = System.nanoTime();
        try {
            new GreedyPruning(task, PruningOptions.defaults(), (trial, percent) -> {
                        if (trial == nodes) {
                            throw new SweepEnded();
                        }
                        scores.add(percent / 100 * full);
                        if (!replay) {
                            decisions.add(rule.staysOut(trial, percent));
                        }
                        return decisions.get(trial);
                    })
                    .run();
        } catch (SweepEnded e) {
            // one trial more than the sweep has was run: it is in the time
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.println(JSON.writeValueAsString(Map.of(
                "seconds_one_backward_sweep",
                seconds,
                "trials",
                nodes,
                "stays_out",
                decisions.stream().filter(out -> out).count(),
                "full",
                full,
                "scores",
                scores,
                "peak_rss_mb",
                memory())));
    }

    private static TaskModel task(Transformer model, List<PromptPair> pairs) {
        List<String> roles = IntStream.range(0, pairs.get(0).clean().size())
                .mapToObj(i -> "x" + i)
                .toList();
        PairSet set = new PairSet("random", List.of(new PairSet.Group(roles, pairs)));
        return new NodeModel(model, set, Metric.LOGIT_DIFFERENCE, Ablation.of(Ablation.Kind.MEAN));
    }

    /** On average the model prefers the answers: else all are swapped, or there were nothing to take a percentage of. */
    private static List<PromptPair> random(Transformer model) {
        Rng rng = Rng.of(0);
        int vocabulary = model.config().dVocab();
        List<PromptPair> pairs = new ArrayList<>();
        for (int i = 0; i < PROMPTS; i++) {
            int answer = rng.nextInt(vocabulary);
            int wrong = (answer + 1 + rng.nextInt(vocabulary - 1)) % vocabulary;
            pairs.add(new PromptPair(tokens(rng, vocabulary), tokens(rng, vocabulary), answer, wrong));
        }
        TaskModel task = task(model, pairs);
        if (task.score(task.universe().all()) < 0) {
            pairs.replaceAll(pair -> new PromptPair(pair.clean(), pair.corrupt(), pair.wrong(), pair.answer()));
        }
        return pairs;
    }

    private static List<Integer> tokens(Rng rng, int vocabulary) {
        return IntStream.range(0, TOKENS).mapToObj(i -> rng.nextInt(vocabulary)).toList();
    }

    private static List<PromptPair> pairs(JsonNode prompts) {
        return StreamSupport.stream(prompts.spliterator(), false)
                .map(prompt -> JSON.convertValue(prompt, PromptPair.class))
                .toList();
    }

    private static double memory() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
            }
        }
        return Double.NaN;
    }
}
