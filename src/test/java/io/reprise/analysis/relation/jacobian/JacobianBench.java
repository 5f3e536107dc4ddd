package io.reprise.analysis.relation.jacobian;

import io.reprise.analysis.relation.End;
import io.reprise.analysis.relation.Ends;
import io.reprise.analysis.relation.SubjectPrompt;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.ModelConfig;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.model.pretrained.Residency;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Times one Jacobian of a model directory: {@code JacobianBench DIRECTORY pushforward layer=5 tokens=12 subject=6 threads=2}. As in the
 * peers' script the clock starts after the model has run once. Prints one JSON object: seconds of the first Jacobian that the
 * process computes and of the second, the floating-point operations that it needs, the speed of a large matrix product on the
 * same threads right after, and the peak memory of the process (VmHWM).
 */
public final class JacobianBench {
    private JacobianBench() {}

    public static void main(String[] args) throws IOException {
        Map<String, Integer> options = new TreeMap<>(Map.of("layer", 5, "tokens", 12, "subject", 6, "threads", 2));
        for (String arg : Arrays.copyOfRange(args, 2, args.length)) {
            String[] pair = arg.split("=", 2);
            if (pair.length != 2 || options.replace(pair[0], Integer.valueOf(pair[1])) == null) {
                throw new IllegalArgumentException(arg + " is unknown; choose from " + options.keySet());
            }
        }
        JacobianMethod method = JacobianMethod.valueOf(args[1].toUpperCase(Locale.ROOT));
        try (Backend backend = new CpuBackend(options.get("threads"));
                ModelDirectory directory = ModelDirectory.open(Path.of(args[0]))) {
            backend.warmUp();
            backend.warmUpDerivatives();
            measure(directory.transformer(backend, Residency.ALL), method, options);
        }
    }

    private static void measure(Transformer model, JacobianMethod method, Map<String, Integer> options)
            throws IOException {
        int[] ids = new int[options.get("tokens")];
        Arrays.setAll(ids, i -> i % model.config().dVocab());
        SubjectPrompt prompt = new SubjectPrompt(ids, options.get("subject"));
        Ends ends = Ends.toLast(End.after(options.get("layer")), model.config());
        TransformerSubject subject =
                TransformerSubject.of(model, new JacobianOptions(method, 1L << 30, (done, total) -> {}));
        subject.next(List.of(prompt));
        double[] seconds = new double[2];
        double norm = 0;
        for (int i = 0; i < seconds.length; i++) {
            long start = System.nanoTime();
            norm = subject.linearize(prompt, ends).jacobian().getFrobeniusNorm();
            seconds[i] = (System.nanoTime() - start) / 1e9;
        }
        double operations = operations(model.config(), options);
        double peak = peakSpeed(model.backend());
        System.out.printf(
                Locale.ROOT,
                "{\"seconds\": %.4f, \"again_s\": %.4f, \"gflop\": %.2f, \"peak_gflops\": %.1f, \"share\": %.3f,"
                        + " \"again_share\": %.3f, \"frobenius\": %.6f, \"peak_rss_mb\": %.1f}%n",
                seconds[0],
                seconds[1],
                operations / 1e9,
                peak,
                operations / seconds[0] / 1e9 / peak,
                operations / seconds[1] / 1e9 / peak,
                norm,
                memory());
    }

    /** Of the products that a pushforward needs: positions from the subject on, one of them into and out of the ends. */
    private static double operations(ModelConfig c, Map<String, Integer> options) {
        double seeing = options.get("tokens") - options.get("subject");
        double d = c.dModel();
        double heads = (double) c.nHeads() * c.dHead();
        double qkv = 3 * d * heads;
        double rest = d * heads + 2.0 * d * c.dMlp();
        int blocks = c.nLayers() - 1 - options.get("layer");
        double products = 0;
        for (int block = 0; block < blocks; block++) {
            products += (block == 0 ? 1 : seeing) * qkv + (block == blocks - 1 ? 1 : seeing) * rest;
        }
        return 2 * products * d;
    }

    /** A product as large as a block's, per second. */
    private static double peakSpeed(Backend backend) {
        int m = 1536;
        int n = 3072;
        int k = 768;
        double best = 0;
        for (int i = 0; i < 12; i++) {
            try (Scope scope = backend.scope()) {
                Tensor a = backend.upload(Shape.of(m, k), new float[m * k]);
                Tensor b = backend.upload(Shape.of(k, n), new float[k * n]);
                long start = System.nanoTime();
                backend.matmul(a, b);
                best = Math.max(best, 2.0 * m * n * k / (System.nanoTime() - start));
            }
        }
        return best;
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
