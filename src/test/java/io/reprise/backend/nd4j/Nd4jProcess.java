package io.reprise.backend.nd4j;

import io.reprise.backend.Activation;
import io.reprise.backend.AdamSettings;
import io.reprise.backend.Applied;
import io.reprise.backend.Attention;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Backend;
import io.reprise.backend.CrossEntropy;
import io.reprise.backend.Gradients;
import io.reprise.backend.Layout;
import io.reprise.backend.Scope;
import io.reprise.tensor.DType;
import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Programs that {@link Nd4jProcessTest} starts in a process of their own. */
final class Nd4jProcess {
    private Nd4jProcess() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "load" -> Class.forName("io.reprise.backend.nd4j.Nd4jBackend");
            case "compute" -> {
                try (Nd4jBackend backend = new Nd4jBackend(DType.FLOAT32)) {
                    train(backend, 2, 1);
                }
            }
            case "train" -> {
                try (Nd4jBackend backend = new Nd4jBackend(DType.FLOAT32)) {
                    Usage usage = train(backend, Integer.parseInt(args[1]), Integer.parseInt(args[2]));
                    Files.writeString(Path.of(args[3]), usage.toString());
                }
            }
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** What changed between the end of the warm-up and the end. */
    record Usage(long allocations, long inUse, long residentKiB, double firstLoss, double lastLoss) {
        static Usage parse(String text) {
            String[] values = text.replaceAll("[^0-9.,E-]", "").split(",");
            return new Usage(
                    Long.parseLong(values[0]),
                    Long.parseLong(values[1]),
                    Long.parseLong(values[2]),
                    Double.parseDouble(values[3]),
                    Double.parseDouble(values[4]));
        }

        @Override
        public String toString() {
            return allocations + "," + inUse + "," + residentKiB + "," + firstLoss + "," + lastLoss;
        }
    }

    /** A one-block model that learns to continue a count; the same shapes every step, as a training run has them. */
    static Usage train(Nd4jBackend backend, int steps, int warmUp) throws IOException {
        int vocabulary = 11;
        int d = 16;
        AttentionSpec spec = new AttentionSpec(4, 6, 2, 8, 1 / Math.sqrt(8), 0);
        Rng rng = Rng.of(1);
        Tensor embedding = parameter(backend, rng, vocabulary, d);
        Tensor gain = backend.upload(Shape.of(d), ones(d));
        Tensor bias = backend.zeros(Shape.of(d));
        Tensor qkv = parameter(backend, rng, d, 3 * d);
        Tensor out = parameter(backend, rng, d, d);
        Tensor unembedding = parameter(backend, rng, vocabulary, d);
        List<Tensor> weights = List.of(embedding, gain, bias, qkv, out, unembedding);
        Map<Tensor, Tensor> accumulators = new HashMap<>();
        List<Tensor> moments = new ArrayList<>();
        for (Tensor weight : weights) {
            accumulators.put(weight, backend.zeros(weight.shape()));
            moments.add(backend.zeros(weight.shape()));
            moments.add(backend.zeros(weight.shape()));
        }
        Gradients gradients = weight -> Optional.ofNullable(accumulators.get(weight));
        long allocations = 0;
        long inUse = 0;
        long resident = 0;
        double first = 0;
        double last = 0;
        for (int step = 1; step <= steps; step++) {
            int[] tokens = new int[spec.rows()];
            int[] targets = new int[spec.rows()];
            for (int b = 0; b < spec.batch(); b++) {
                int start = rng.nextInt(vocabulary);
                for (int p = 0; p < spec.length(); p++) {
                    tokens[b * spec.length() + p] = (start + p) % vocabulary;
                    targets[b * spec.length() + p] = (start + p + 1) % vocabulary;
                }
            }
            try (Scope scope = backend.scope()) {
                Tensor embedded = scope.keep(backend.embed(embedding, tokens));
                Applied normalized = backend.layerNorm(embedded, Optional.of(gain), Optional.of(bias), 1e-5);
                Applied projected = linear(backend, normalized.value(), qkv, Layout.IN_OUT, Activation.NONE);
                Attention attention = backend.attention(projected.value(), spec);
                Applied mixed = linear(backend, attention.value(), out, Layout.IN_OUT, Activation.GELU);
                Tensor residual = backend.add(embedded, mixed.value());
                Applied logits = linear(backend, residual, unembedding, Layout.OUT_IN, Activation.NONE);
                CrossEntropy loss = backend.crossEntropy(logits.value(), targets);
                last = loss.sum() / loss.count();
                first = step == 1 ? last : first;

                accumulators.values().forEach(backend::clear);
                Tensor u = logits.pullback(loss.pullback(1.0 / loss.count()), gradients);
                Tensor inner = mixed.pullback(u, gradients);
                inner = projected.pullback(attention.pullback(inner, gradients), gradients);
                Tensor total = backend.add(u, normalized.pullback(inner, gradients));
                backend.embedPullback(tokens, total, accumulators.get(embedding));
                embedded.close();
                for (int i = 0; i < weights.size(); i++) {
                    Tensor gradient = accumulators.get(weights.get(i));
                    double norm = Math.sqrt(backend.sumOfSquares(gradient));
                    AdamSettings settings =
                            new AdamSettings(3e-3, 0.9, 0.99, 1e-8, 0.01, true, Math.min(1, 5 / norm), step);
                    backend.adamStep(weights.get(i), gradient, moments.get(2 * i), moments.get(2 * i + 1), settings);
                }
            }
            if (step == warmUp) {
                allocations = backend.memory().allocations();
                inUse = backend.memory().inUse();
                resident = residentKiB();
            }
        }
        return new Usage(
                backend.memory().allocations() - allocations,
                backend.memory().inUse() - inUse,
                residentKiB() - resident,
                first,
                last);
    }

    private static Applied linear(Backend backend, Tensor x, Tensor weight, Layout layout, Activation activation) {
        return backend.linear(x, weight, layout, Optional.empty(), activation);
    }

    private static Tensor parameter(Backend backend, Rng rng, int rows, int columns) {
        double[] values = new double[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.2 * rng.nextGaussian();
        }
        return backend.upload(Shape.of(rows, columns), values);
    }

    private static float[] ones(int size) {
        float[] ones = new float[size];
        java.util.Arrays.fill(ones, 1);
        return ones;
    }

    /** VmRSS; 0 where there is no /proc. */
    private static long residentKiB() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
