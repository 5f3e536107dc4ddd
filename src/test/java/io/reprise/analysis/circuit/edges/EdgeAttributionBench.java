package io.reprise.analysis.circuit.edges;

import com.sun.management.OperatingSystemMXBean;
import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.model.pretrained.Residency;
import io.reprise.tensor.Rng;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Times attribution patching of all edges of a model directory: {@code EdgeAttributionBench DIRECTORY PROMPTS TOKENS THREADS}. The clock
 * starts when the model has been read, before its first pass, as in the peer's script. Prints one JSON object: seconds of the first
 * attribution that the process does and of the second, processor time of the second, the number of edges, and the peak memory of the process (VmHWM).
 */
public final class EdgeAttributionBench {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private EdgeAttributionBench() {}

    public static void main(String[] args) throws IOException {
        int prompts = Integer.parseInt(args[1]);
        int length = Integer.parseInt(args[2]);
        try (Backend backend = new CpuBackend(Integer.parseInt(args[3]));
                ModelDirectory directory = ModelDirectory.open(Path.of(args[0]))) {
            backend.warmUp();
            backend.warmUpDerivatives();
            Transformer model = directory.transformer(backend, Residency.ALL);
            for (int layer = 0; layer < model.config().nLayers(); layer++) {
                model.weights().block(layer);
            }
            model.weights().unembedRows(new int[] {0}).close();
            PairSet pairs = pairs(prompts, length, model.config().dVocab());
            double[] seconds = new double[2];
            double[] processor = new double[2];
            EdgeScores scores = null;
            for (int i = 0; i < seconds.length; i++) {
                long start = System.nanoTime();
                long busy = PROCESS.getProcessCpuTime();
                try (EdgeModel task =
                        new EdgeModel(model, pairs, Metric.LOGIT_DIFFERENCE, Ablation.of(Ablation.Kind.RESAMPLE))) {
                    scores = new EdgeAttribution(task).run(share -> {});
                }
                seconds[i] = (System.nanoTime() - start) / 1e9;
                processor[i] = (PROCESS.getProcessCpuTime() - busy) / 1e9;
            }
            System.out.printf(
                    Locale.ROOT,
                    "{\"seconds\": %.3f, \"again_s\": %.3f, \"again_cpu_s\": %.3f, \"edges\": %d, \"abs_sum\": %.6f, \"peak_rss_mb\": %.1f}%n",
                    seconds[0],
                    seconds[1],
                    processor[1],
                    scores.effects().size(),
                    scores.effects().values().stream().mapToDouble(Math::abs).sum(),
                    memory());
        }
    }

    private static PairSet pairs(int count, int length, int vocabulary) {
        Rng rng = Rng.of(1);
        List<PromptPair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pairs.add(new PromptPair(
                    tokens(length, vocabulary, rng), tokens(length, vocabulary, rng), 2 * i + 1, 2 * i + 2));
        }
        List<String> roles = IntStream.range(0, length).mapToObj(i -> "s" + i).toList();
        return new PairSet("random tokens", List.of(new PairSet.Group(roles, pairs)));
    }

    private static List<Integer> tokens(int length, int vocabulary, Rng rng) {
        return IntStream.range(0, length).mapToObj(i -> rng.nextInt(vocabulary)).toList();
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
