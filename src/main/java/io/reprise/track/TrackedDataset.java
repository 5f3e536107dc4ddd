package io.reprise.track;

import io.reprise.run.DataSummary;
import java.util.ArrayList;
import java.util.List;

/**
 * A run's input.
 *
 * @param digest at most 36 characters
 * @param context training | validation | test
 * @param examples how many
 */
public record TrackedDataset(String name, String digest, String context, int examples) {
    public TrackedDataset {
        if (digest.isEmpty() || digest.length() > 36) {
            throw new IllegalArgumentException("digest \"" + digest + "\" must have 1 to 36 characters");
        }
    }

    /** One per split that has a digest, named experiment/split. */
    static List<TrackedDataset> of(String experiment, DataSummary data) {
        List<TrackedDataset> datasets = new ArrayList<>();
        data.digests().forEach((split, digest) -> {
            if (!digest.isEmpty()) {
                datasets.add(new TrackedDataset(
                        experiment + "/" + split,
                        digest.length() > 36 ? digest.substring(0, 36) : digest,
                        context(split),
                        data.examples().getOrDefault(split, 0)));
            }
        });
        return datasets;
    }

    /** MLflow's profile of a dataset: a JSON text. */
    String profile() {
        return "{\"num_rows\": " + examples + "}";
    }

    /** MLflow's source of a dataset: a JSON text. */
    String source() {
        return "{\"tags\": {\"mlflow.source.name\": \"reprise\"}}";
    }

    private static String context(String split) {
        return switch (split) {
            case "train", "training" -> "training";
            case "val", "validation" -> "validation";
            default -> "test";
        };
    }
}
