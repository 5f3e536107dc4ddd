package io.reprise.model.pretrained;

import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Opens a model directory and times its forward pass: {@code PretrainedBench DIRECTORY tokens=64 threads=2 stream=0}. Prints one
 * JSON object: seconds to the first logits from a JVM that has just started, medians of seven later passes to the logits and of
 * seven to the output of the middle block ({@code h.6} of twelve), the peak memory of the process (VmHWM).
 */
public final class PretrainedBench {
    private static final int PASSES = 7;
    /** The JIT compiles while it runs. */
    private static final double WARM_UP_SECONDS = 8;

    private PretrainedBench() {}

    public static void main(String[] args) throws IOException {
        Map<String, Integer> options = new TreeMap<>(Map.of("tokens", 64, "threads", 2, "stream", 0, "passes", PASSES));
        for (String arg : Arrays.copyOfRange(args, 1, args.length)) {
            String[] pair = arg.split("=", 2);
            if (pair.length != 2 || options.replace(pair[0], Integer.valueOf(pair[1])) == null) {
                throw new IllegalArgumentException(arg + " is unknown; choose from " + options.keySet());
            }
        }
        Residency residency = options.get("stream") == 0 ? Residency.ALL : Residency.ONE_LAYER;
        long start = System.nanoTime();
        try (Backend backend = new CpuBackend(options.get("threads"))) {
            backend.warmUp();
            measure(start, Path.of(args[0]), backend, residency, options);
        }
    }

    private static void measure(
            long start, Path path, Backend backend, Residency residency, Map<String, Integer> options)
            throws IOException {
        try (ModelDirectory directory = ModelDirectory.open(path)) {
            Transformer model = directory.transformer(backend, residency);
            int[] ids = new int[options.get("tokens")];
            Arrays.setAll(ids, i -> i % directory.config().dVocab());
            Tokens tokens = Tokens.of(ids);
            int middle = directory.config().nLayers() / 2;
            Runnable whole = () -> logits(backend, model, tokens);
            Runnable half = () -> model.run(tokens, List.of(Site.of(Site.Kind.RESID_POST, middle)));
            double first = seconds(start, whole);
            long warm = System.nanoTime();
            while ((System.nanoTime() - warm) / 1e9 < WARM_UP_SECONDS && options.get("passes") > 0) {
                whole.run();
                half.run();
            }
            System.out.printf(
                    Locale.ROOT,
                    "{\"first_logits_s\": %.4f, \"forward_s\": %.4f, \"partial_s\": %.4f, \"peak_rss_mb\": %.1f}%n",
                    first,
                    median(options.get("passes"), whole),
                    median(options.get("passes"), half),
                    peak());
        }
    }

    private static void logits(Backend backend, Transformer model, Tokens tokens) {
        try (Scope scope = backend.scope()) {
            model.logits(tokens);
        }
    }

    private static double median(int passes, Runnable pass) {
        double[] seconds = new double[passes];
        Arrays.setAll(seconds, i -> seconds(System.nanoTime(), pass));
        Arrays.sort(seconds);
        return passes == 0 ? Double.NaN : seconds[passes / 2];
    }

    private static double seconds(long start, Runnable work) {
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private static double peak() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
            }
        }
        return Double.NaN;
    }
}
