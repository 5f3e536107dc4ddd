package io.reprise.config;

import io.reprise.analysis.relation.study.RelationSpec;
import io.reprise.config.ExperimentConfig.BackendChoice;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file of relations to evaluate. Paths are relative to the working directory.
 *
 * @param name names the directory under runs/ and the MLflow experiment; {@code relations} if missing
 * @param question what it asks
 * @param answer what was found, not hashed
 * @param backend cpu (if missing) or nd4j
 * @param model a model directory or a run directory
 * @param part its upper part, as {@code reprise split} writes it; the lower blocks are then the model's, a layer at a time
 * @param stream keep one layer in memory at a time; false if missing
 * @param relations files in the published format, or directories of them; those that come with reprise if empty
 * @param only names of the relations that are evaluated; all if empty
 * @param study how each is measured
 * @param trackingUri sqlite:///file.db, http(s)://server, or none; sqlite:///runs/mlflow.db if missing
 */
public record RelationConfig(
        Optional<String> name,
        Optional<String> question,
        Optional<String> answer,
        Optional<BackendChoice> backend,
        Optional<String> model,
        Optional<String> part,
        Optional<Boolean> stream,
        List<String> relations,
        List<String> only,
        RelationSpec study,
        Optional<String> trackingUri) {
    private static final String USUAL_NAME = "relations";

    public RelationConfig {
        if (name.isPresent() && !name.get().matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new IllegalArgumentException("name = \"" + name.get()
                    + "\" becomes a directory: use letters, digits, dots, hyphens and underscores");
        }
        relations = List.copyOf(relations);
        only = List.copyOf(only);
    }

    public static RelationConfig defaults() {
        return new RelationConfig(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                RelationSpec.defaults(),
                Optional.empty());
    }

    /**
     * The config of a file with settings laid over it, or of settings alone.
     *
     * @throws ConfigException with all problems
     */
    public static RelationConfig load(Optional<Path> file, List<Setting> settings) {
        ConfigTree tree = file.map(path -> ConfigTree.load(path, RelationConfig.class))
                .orElseGet(() -> ConfigTree.empty("the command line", RelationConfig.class));
        RelationConfig config = tree.with(settings).bind(RelationConfig.class);
        if (config.model().isEmpty()) {
            throw new IllegalArgumentException(
                    tree.source() + ": model is missing; give a model directory or a run directory (--model DIR)");
        }
        return config;
    }

    /** As directories and experiments are named. */
    public String title() {
        return name.orElse(USUAL_NAME);
    }

    /** Where it is published. */
    public String tracking() {
        return trackingUri.orElse(ExperimentConfig.DEFAULT_TRACKING);
    }
}
