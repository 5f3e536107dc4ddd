package io.reprise.config;

import io.reprise.data.SplitSpec;
import io.reprise.data.TaskSpec;
import io.reprise.model.ModelSpec;
import io.reprise.train.TrainSpec;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One experiment file.
 *
 * @param name names the directory under runs/ and the MLflow experiment
 * @param question what the experiment asks
 * @param answer what it was found to answer, in two sentences; written after the final seeds, not hashed
 * @param seed the model's seed, 42 if missing: initial weights. The data's seed is task.seed, the order of batches follows {@code order_seed}
 * @param orderSeed seed of the order of training examples; the model's seed if missing
 * @param backend cpu (if missing) or nd4j
 * @param task what is learnt; left out beside {@code circuits}
 * @param split how train, validation, test and held_out are told apart
 * @param model the transformer's shape
 * @param train how it is trained
 * @param pretrained a model directory to look into instead of training a model; {@code model} and {@code train} are then left out
 * @param circuits files of circuits to compare pairwise, instead of a task and a model: {@code task}, {@code split}, {@code model},
 *     {@code train}, {@code pretrained} and {@code analyses} are then left out
 * @param analyses what is looked at afterwards
 * @param trackingUri sqlite:///file.db, http(s)://server, or none; sqlite:///runs/mlflow.db if missing
 * @param arms variants by name, each a list of key=value settings as on the command line
 * @param sweep axes as after --sweep, crossed with the arms
 * @param comparisons of groups of runs with each other, once all have finished; not hashed
 * @param expect metric → bounds; with several runs {@code arm/metric}, judged on the interval of the mean over seeds
 */
public record ExperimentConfig(
        String name,
        Optional<String> question,
        Optional<String> answer,
        Optional<Long> seed,
        Optional<Long> orderSeed,
        Optional<BackendChoice> backend,
        Optional<TaskSpec> task,
        SplitSpec split,
        ModelSpec model,
        TrainSpec train,
        Optional<Path> pretrained,
        List<Path> circuits,
        List<AnalysisChoice> analyses,
        Optional<String> trackingUri,
        Map<String, List<String>> arms,
        List<String> sweep,
        List<ComparisonChoice> comparisons,
        Map<String, Expectation> expect) {

    /** Who computes. */
    public enum BackendChoice {
        /** Our float32 kernels. */
        CPU,
        /** ND4J: CPU, or CUDA when built with the profile cuda. */
        ND4J
    }

    /** The tracking_uri that publishes nowhere. */
    public static final String NO_TRACKING = "none";

    private static final long DEFAULT_SEED = 42;
    /** Where runs are published unless they say. */
    public static final String DEFAULT_TRACKING = "sqlite:///runs/mlflow.db";

    public ExperimentConfig {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new IllegalArgumentException(
                    "name = \"" + name + "\" becomes a directory: use letters, digits, dots, hyphens and underscores");
        }
        for (String arm : arms.keySet()) {
            if (arm.isBlank() || arm.contains("/")) {
                throw new IllegalArgumentException("arms: \"" + arm + "\" cannot name an arm; leave out slashes");
            }
        }
        seed = Optional.of(seed.orElse(DEFAULT_SEED));
        backend = Optional.of(backend.orElse(BackendChoice.CPU));
        trackingUri = Optional.of(trackingUri.orElse(DEFAULT_TRACKING));
        circuits = List.copyOf(circuits);
        analyses = List.copyOf(analyses);
        arms = Collections.unmodifiableMap(new LinkedHashMap<>(arms));
        sweep = List.copyOf(sweep);
        comparisons = List.copyOf(comparisons);
        expect = Collections.unmodifiableMap(new LinkedHashMap<>(expect));
    }

    /** Reads an experiment file with settings of the command line. @throws ConfigException with all problems */
    public static ExperimentConfig load(Path file, List<Setting> settings) {
        return bind(ConfigTree.load(file, ExperimentConfig.class).with(settings));
    }

    /** The experiment that a tree says. @throws ConfigException with all problems */
    public static ExperimentConfig bind(ConfigTree tree) {
        return tree.bind(ExperimentConfig.class, CrossChecks::problems);
    }

    /** The seed of initial weights. */
    public long modelSeed() {
        return seed.orElse(DEFAULT_SEED);
    }

    /** The seed of the order in which training examples come. */
    public long batchSeed() {
        return orderSeed.orElse(modelSeed());
    }

    /** The task of an experiment that has one. */
    public TaskSpec requireTask() {
        return task.orElseThrow(() -> new IllegalArgumentException(
                name + " compares circuits from files and has neither a task nor a model"));
    }

    /** The config as a file, without the arms, the sweep and the comparisons, which are of several runs. */
    public ResolvedConfig resolved() {
        ResolvedConfig whole = ResolvedConfig.of(new ExperimentConfig(
                name,
                question,
                answer,
                seed,
                orderSeed,
                backend,
                task,
                split,
                model,
                train,
                pretrained,
                circuits,
                analyses,
                trackingUri,
                Map.of(),
                List.of(),
                List.of(),
                expect));
        if (!circuits.isEmpty()) {
            return whole.without(List.of("backend", "split", "model", "train", "analyses"));
        }
        return whole.without(pretrained.isPresent() ? List.of("circuits", "model", "train") : List.of("circuits"));
    }
}
