package io.reprise.track;

import io.reprise.run.Provenance;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The tags that MLflow's pages show specially, and ours. */
public final class StandardTags {
    private StandardTags() {}

    /**
     * @param kind train | evaluate | lens …
     * @param user who started it
     */
    public static Map<String, String> of(
            String suite, String kind, long seed, String configHash, String user, Provenance provenance) {
        Map<String, String> tags = new TreeMap<>();
        tags.put("mlflow.user", user);
        tags.put("mlflow.source.name", "reprise " + provenance.version());
        tags.put("mlflow.source.type", "LOCAL");
        if (!provenance.git().commit().equals("unknown")) {
            tags.put("mlflow.source.git.commit", provenance.git().commit());
            tags.put("git.dirty", Boolean.toString(provenance.git().dirty()));
        }
        tags.put("suite", suite);
        tags.put("kind", kind);
        tags.put("seed", Long.toString(seed));
        tags.put("config.hash", configHash);
        return Collections.unmodifiableMap(tags);
    }
}
