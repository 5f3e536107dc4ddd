package io.reprise.track;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.reprise.run.Secrets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * What a tracker is told about a run when it starts; kept in tracking.json, so that the run can be published from its directory
 * alone. Credentials in addresses are taken out.
 *
 * @param experiment the suite's name
 * @param id the run's own id, 32 hex digits (of status.json)
 * @param name for people
 * @param startedMs milliseconds since 1970
 * @param params dotted, only what varies or matters
 * @param tags MLflow's (mlflow.user …) and ours (suite, kind, seed, config.hash)
 * @param parentId own id of the execution it belongs to, 32 hex digits; empty if it stands alone
 * @param parentName for people; empty if it stands alone
 */
public record RunCard(
        String experiment,
        String id,
        String name,
        long startedMs,
        Map<String, String> params,
        Map<String, String> tags,
        String parentId,
        String parentName) {
    /** The tag by which a server's run is found again. */
    static final String OWN_ID = "reprise.run_id";

    public RunCard {
        if (experiment.isBlank() || name.isBlank()) {
            throw new IllegalArgumentException("experiment and name are needed to track a run");
        }
        if (!id.matches("[0-9a-f]{32}") || !parentId.matches("([0-9a-f]{32})?")) {
            throw new IllegalArgumentException("id and parent_id must be 32 hex digits");
        }
        params = clean(params, MlflowNames::paramValue);
        tags = clean(tags, MlflowNames::tagValue);
    }

    /** A run that stands alone. */
    public RunCard(
            String experiment,
            String id,
            String name,
            long startedMs,
            Map<String, String> params,
            Map<String, String> tags) {
        this(experiment, id, name, startedMs, params, tags, "", "");
    }

    public boolean hasParent() {
        return !parentId.isEmpty();
    }

    /** The execution as a run of its own. */
    @JsonIgnore
    RunCard parent() {
        Map<String, String> shared = new TreeMap<>(tags);
        shared.keySet()
                .removeIf(
                        key -> !key.startsWith("mlflow.source.") && !key.equals("mlflow.user") && !key.equals("suite"));
        shared.put("kind", "execution");
        return new RunCard(experiment, parentId, parentName, startedMs, Map.of(), shared);
    }

    /**
     * The tags as published.
     *
     * @param parentRunId the parent's id at the tracker, unused without a parent
     */
    Map<String, String> publishedTags(String parentRunId) {
        Map<String, String> all = new TreeMap<>(tags);
        all.put(OWN_ID, id);
        all.put("mlflow.runName", name);
        if (hasParent()) {
            all.put("mlflow.parentRunId", parentRunId);
        }
        return all;
    }

    private static Map<String, String> clean(Map<String, String> map, UnaryOperator<String> cut) {
        Map<String, String> clean = new TreeMap<>();
        map.forEach((key, value) -> clean.put(MlflowNames.key(key), cut.apply(Secrets.redact(value))));
        return Collections.unmodifiableMap(clean);
    }
}
