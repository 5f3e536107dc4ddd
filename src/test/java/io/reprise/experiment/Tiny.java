package io.reprise.experiment;

import io.reprise.config.ConfigTree;
import io.reprise.config.ExperimentConfig;
import io.reprise.config.Setting;
import io.reprise.run.DataSummary;
import io.reprise.run.GitState;
import io.reprise.run.RunLayout;
import io.reprise.train.Evaluation;
import io.reprise.weights.AtomicFile;
import io.reprise.weights.WriteObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** An experiment that takes a fraction of a second, and what its tests share. */
final class Tiny {
    static final Path DATASETS = Path.of("datasets");
    static final String YAML = """
            name: tiny
            seed: 3
            task: {series: numerals, rule: {add: 1}, start: 1..20, length: 3..5}
            split: {by: example, train: 0.6, validation: 0.2, test: 0.2}
            model: {n_layers: 1, d_model: 16, n_heads: 2, d_mlp: 16}
            train: {steps: 24, batch_size: 16, lr: 1.0e-2, eval_every: 4, checkpoint_every: 6}
            tracking_uri: none
            """;

    private Tiny() {}

    /** Stands for a process that ends at a step of training: an Error, so that nothing cleans up after it. */
    static final class Stopped extends Error {
        private static final long serialVersionUID = 1;
    }

    /** Remembers what was said, and does something at a step. */
    static final class Log implements RunEvents {
        final List<String> warnings = new ArrayList<>();
        final List<Long> resumed = new ArrayList<>();
        private final long at;
        private final Runnable action;

        Log() {
            this(-1, () -> {});
        }

        /** Ends the process at that step. */
        Log(long stopAt) {
            this(stopAt, () -> {
                throw new Stopped();
            });
        }

        Log(long at, Runnable action) {
            this.at = at;
            this.action = action;
        }

        @Override
        public void onStart(
                String name,
                String task,
                String model,
                long parameters,
                long seed,
                String backend,
                int threads,
                long steps) {}

        @Override
        public void onData(DataSummary data) {}

        @Override
        public void onNote(String note) {}

        @Override
        public void onWarning(String warning) {
            warnings.add(warning);
        }

        @Override
        public void onResume(long step) {
            resumed.add(step);
        }

        @Override
        public void onStop(long step, String reason) {}

        @Override
        public void onStep(long step, double loss, double lr, long tokens) {
            if (step == at) {
                action.run();
            }
        }

        @Override
        public void onEvaluation(long step, double trainLoss, double lr, Evaluation evaluation) {}
    }

    static ExperimentConfig config(String... settings) {
        return ExperimentConfig.bind(ConfigTree.parse(YAML, "tiny.yaml", ExperimentConfig.class)
                .with(Arrays.stream(settings).map(Setting::parse).toList()));
    }

    static RunOptions options(Path runs) {
        return new RunOptions(runs, DATASETS, 1, false, false, false);
    }

    static RunOptions trainOnly(Path runs, int threads) {
        return new RunOptions(runs, DATASETS, threads, false, false, true);
    }

    static RunOptions resuming(RunOptions options) {
        return new RunOptions(options.runs(), options.datasets(), options.threads(), true, false, options.trainOnly());
    }

    static RunOptions forcing(RunOptions options) {
        return new RunOptions(options.runs(), options.datasets(), options.threads(), false, true, options.trainOnly());
    }

    static RunOutcome run(ExperimentConfig config, RunOptions options, RunEvents events) {
        return run(config, options, events, WriteObserver.NONE);
    }

    static RunOutcome run(ExperimentConfig config, RunOptions options, RunEvents events, WriteObserver observer) {
        Experiment experiment = new Experiment(
                Clock.systemUTC(), new AtomicFile(observer), GitState.UNKNOWN, List.of("reprise", "run", "tiny.yaml"));
        try {
            return experiment.run(config, options, Parentage.NONE, events);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RunLayout layout(ExperimentConfig config, RunOptions options) {
        return new RunLayout(RunLayout.locate(
                options.runs(), config.name(), config.resolved().hash(), config.modelSeed()));
    }

    /**
     * SHA-256 of all that repeats bit for bit: metrics, the checkpoints that remain (weights, both moments and state), the
     * best weights and the exported model; by file name.
     */
    static Map<String, String> bits(RunLayout run) {
        Map<String, String> bits = new LinkedHashMap<>();
        for (Path file : Stream.concat(
                        Stream.of(run.metrics(), run.model().resolve("model.safetensors")), checkpoints(run).stream())
                .toList()) {
            bits.put(file.getFileName().toString(), digest(file));
        }
        return bits;
    }

    private static String digest(Path file) {
        try {
            byte[] sha = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(sha);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Checkpoint files, best.safetensors first, then by step. */
    static List<Path> checkpoints(RunLayout run) {
        try (Stream<Path> files = Files.list(run.checkpoints())) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
