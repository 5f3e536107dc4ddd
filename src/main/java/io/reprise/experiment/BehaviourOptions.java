package io.reprise.experiment;

import io.reprise.config.ExperimentConfig.BackendChoice;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What models are asked.
 *
 * @param models model or run directories
 * @param tasks names of the catalogue, {@code all}, or YAML files
 * @param given numbers of members shown
 * @param templates names, files or templates written out; the usual one if empty
 * @param limit questions per task and number of members, at most
 * @param batch sequences in a pass
 * @param seed of the sample, where there are more questions than that
 * @param datasets directory of series and templates
 * @param stream keep one layer of a model in memory at a time
 * @param out directory for results, if wanted
 */
public record BehaviourOptions(
        List<Path> models,
        List<String> tasks,
        List<Integer> given,
        List<String> templates,
        int limit,
        int batch,
        long seed,
        Path datasets,
        BackendChoice backend,
        int threads,
        boolean stream,
        Optional<Path> out) {
    public BehaviourOptions {
        models = List.copyOf(models);
        tasks = List.copyOf(tasks);
        given = given.stream().distinct().sorted().toList();
        templates = templates.stream().distinct().toList();
        requirePositive("--limit", limit);
        requirePositive("--batch", batch);
        requirePositive("--threads", threads);
        given.forEach(n -> requirePositive("--given", n));
        if (models.isEmpty() || tasks.isEmpty() || given.isEmpty()) {
            throw new IllegalArgumentException("--model, --task and --given each need a value");
        }
    }

    private static void requirePositive(String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(option + " " + value + ": expected 1 or more");
        }
    }
}
