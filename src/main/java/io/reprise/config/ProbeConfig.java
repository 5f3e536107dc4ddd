package io.reprise.config;

import io.reprise.analysis.probe.FineTuneSpec;
import io.reprise.analysis.probe.HeadSpec;
import io.reprise.analysis.probe.Pool;
import io.reprise.analysis.probe.ProbeData;
import io.reprise.analysis.probe.ProbeSpec;
import io.reprise.config.ExperimentConfig.BackendChoice;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A probe file. Paths are relative to the working directory.
 *
 * @param name names the directory under runs/ and the MLflow experiment; that of the examples' file if missing
 * @param question what it asks
 * @param answer what was found, not hashed
 * @param seed of the split, the heads and the random models
 * @param backend cpu (if missing) or nd4j
 * @param model a model directory or a run directory
 * @param examples JSON lines: text or tokens, label, and maybe group and split
 * @param sites what the probe reads; the last block's output if empty
 * @param pool how positions become one
 * @param head the classifier
 * @param split the probe's own parts, unless the examples say
 * @param seeds heads fitted to the true labels, and to shuffled ones
 * @param randomModels models of the same shape with random weights
 * @param fineTune train blocks below the probe as well
 * @param trackingUri sqlite:///file.db, http(s)://server, or none; sqlite:///runs/mlflow.db if missing
 */
public record ProbeConfig(
        Optional<String> name,
        Optional<String> question,
        Optional<String> answer,
        long seed,
        Optional<BackendChoice> backend,
        Optional<String> model,
        Optional<String> examples,
        List<String> sites,
        Pool pool,
        HeadSpec head,
        ProbeData.Shares split,
        int seeds,
        int randomModels,
        Optional<FineTuneSpec> fineTune,
        Optional<String> trackingUri) {
    public ProbeConfig {
        if (name.isPresent() && !name.get().matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new IllegalArgumentException("name = \"" + name.get()
                    + "\" becomes a directory: use letters, digits, dots, hyphens and underscores");
        }
        sites = List.copyOf(sites);
        new ProbeSpec(sites, pool, head, split, seeds, randomModels); // its problems are this record's
    }

    public static ProbeConfig defaults() {
        ProbeSpec usual = ProbeSpec.defaults();
        return new ProbeConfig(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                42,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                usual.sites(),
                usual.pool(),
                usual.head(),
                usual.split(),
                usual.seeds(),
                usual.randomModels(),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * The config of a file with settings laid over it, or of settings alone.
     *
     * @throws ConfigException with all problems
     */
    public static ProbeConfig load(Optional<Path> file, List<Setting> settings) {
        ConfigTree tree = file.map(path -> ConfigTree.load(path, ProbeConfig.class))
                .orElseGet(() -> ConfigTree.empty("the command line", ProbeConfig.class));
        ProbeConfig config = tree.with(settings).bind(ProbeConfig.class);
        if (config.model().isEmpty() || config.examples().isEmpty()) {
            throw new IllegalArgumentException(
                    tree.source() + ": " + (config.model().isEmpty() ? "model" : "examples")
                            + " is missing; a probe needs a model (--model DIR) and labelled examples (--examples FILE)");
        }
        return config;
    }

    /** Where it is published. */
    public String tracking() {
        return trackingUri.orElse(ExperimentConfig.DEFAULT_TRACKING);
    }

    /** The settings of the probe, with these sites. */
    public ProbeSpec spec(List<String> chosen) {
        return new ProbeSpec(chosen, pool, head, split, seeds, randomModels);
    }
}
