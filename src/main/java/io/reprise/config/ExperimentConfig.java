package io.reprise.config;

import io.reprise.data.SplitSpec;
import io.reprise.data.TaskSpec;
import io.reprise.model.ModelSpec;
import io.reprise.train.TrainSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One experiment as its YAML file says it, with everything filled in.
 *
 * @param name the run directory's first part
 * @param seed of the initialisation and of the order of batches
 * @param dataSeed of what is drawn for the data; independent of {@code seed}
 * @param backend what computes
 * @param task the sequences
 * @param split what training doesn't see
 * @param model its shape
 * @param train how it is trained
 * @param analyses what to look at afterwards
 * @param trackingUri sqlite:///path or http(s)://server; {@value #DEFAULT_TRACKING} if not given, nothing is tracked
 *     if null
 * @param question what the experiment is for
 * @param expect the numbers it must reach, by metric
 */
public record ExperimentConfig(
        String name,
        long seed,
        long dataSeed,
        BackendName backend,
        TaskSpec task,
        SplitSpec split,
        ModelSpec model,
        TrainSpec train,
        List<AnalysisSpec> analyses,
        Optional<String> trackingUri,
        Optional<String> question,
        Map<String, Expectation> expect) {

    /** A file that MLflow's own pages open. */
    public static final String DEFAULT_TRACKING = "sqlite:///runs/mlflow.db";

    /** The two backends of design section 3. */
    public enum BackendName {
        CPU,
        ND4J
    }

    public ExperimentConfig {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new IllegalArgumentException(
                    "name = \"" + name
                            + "\" becomes a directory: use letters, digits, dots, hyphens and underscores, a letter or digit first");
        }
        if (seed < 0) {
            throw new IllegalArgumentException("seed = " + seed + "; expected 0 or more");
        }
    }

    /** What a file needn't say. A name and a task it must, the rest has defaults of its own. */
    static Map<String, Object> fallbacks() {
        return Map.of(
                "seed", 0L, "data_seed", 0L, "backend", BackendName.CPU, "tracking_uri", Optional.of(DEFAULT_TRACKING));
    }

    /** Reads an experiment file with settings of the command line. @throws ConfigException with all problems */
    public static ExperimentConfig load(Path file, List<Setting> settings) {
        return bind(ConfigTree.load(file, ExperimentConfig.class).with(settings));
    }

    /** Reads what {@link #resolved} wrote. */
    public static ExperimentConfig read(Path resolved) {
        return load(resolved, List.of());
    }

    /** The experiment that a tree says. @throws ConfigException with all problems */
    public static ExperimentConfig bind(ConfigTree tree) {
        return tree.bind(ExperimentConfig.class, CrossChecks::problems);
    }

    /** What the run directory keeps, and its hash. */
    public ResolvedConfig resolved() {
        return ResolvedConfig.of(this);
    }

    /** The task with this experiment's data seed. */
    public TaskSpec seededTask() {
        return task.withSeed(dataSeed);
    }
}
