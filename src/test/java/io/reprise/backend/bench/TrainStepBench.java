package io.reprise.backend.bench;

import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Steps per second of whole training steps: {@code --shape default|small|large --threads N --steps N --warmup SECONDS}. Prints
 * one JSON object. Rounds as the PyTorch peer's (median of five over 16 batches drawn beforehand), but a longer warm-up: at
 * least 30 steps and, since the JIT compiles while it runs, at least {@code --warmup} seconds.
 */
final class TrainStepBench {
    private static final int ROUNDS = 5;
    private static final int BATCHES = 16;

    private TrainStepBench() {}

    public static void main(String[] args) {
        ToyShape shape = ToyShape.parse(option(args, "shape", "default"));
        int threads = Integer.parseInt(option(args, "threads", "2"));
        int steps = Integer.parseInt(option(args, "steps", "300"));
        double warmUp = Double.parseDouble(option(args, "warmup", "5"));
        try (Backend backend = new CpuBackend(threads)) {
            ToyTrainer trainer = new ToyTrainer(backend, shape, 0);
            Rng rng = Rng.of(1);
            int[][] batches = new int[BATCHES][];
            for (int i = 0; i < BATCHES; i++) {
                batches[i] = ToyTrainer.batch(shape, rng);
            }
            double first = trainer.step(batches[0]);
            long start = System.nanoTime();
            int warm = 0;
            while (warm < 30 || (System.nanoTime() - start) * 1e-9 < warmUp) {
                trainer.step(batches[warm++ % BATCHES]);
            }
            double[] rates = new double[ROUNDS];
            double[] fastest = new double[ROUNDS];
            double last = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long began = System.nanoTime();
                long least = Long.MAX_VALUE;
                for (int i = 0; i < steps; i++) {
                    long from = System.nanoTime();
                    last = trainer.step(batches[i % BATCHES]);
                    least = Math.min(least, System.nanoTime() - from);
                }
                rates[round] = steps / ((System.nanoTime() - began) * 1e-9);
                fastest[round] = least * 1e-6;
            }
            Arrays.sort(rates);
            System.out.printf(
                    "{\"peer\": \"%s\", \"java\": \"%s\", \"threads\": %d, \"shape\": \"%s\", \"warmup_steps\": %d,"
                            + " \"steps_per_s\": %.1f, \"tokens_per_s\": %.0f, \"fastest_step_ms\": %.3f,"
                            + " \"first_loss\": %.6f, \"last_loss\": %.6f, \"all\": [%s]}%n",
                    backend.description(),
                    System.getProperty("java.version"),
                    threads,
                    shape.name(),
                    warm,
                    rates[ROUNDS / 2],
                    rates[ROUNDS / 2] * shape.batch() * shape.length(),
                    Arrays.stream(fastest).min().orElseThrow(),
                    first,
                    last,
                    Arrays.stream(rates).mapToObj("%.1f"::formatted).collect(Collectors.joining(", ")));
        }
    }

    private static String option(String[] args, String name, String fallback) {
        for (int i = 0; i + 1 < args.length; i += 2) {
            if (args[i].equals("--" + name)) {
                return args[i + 1];
            }
        }
        return fallback;
    }
}
