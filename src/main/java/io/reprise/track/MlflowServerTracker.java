package io.reprise.track;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reprise.run.RunLayout;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mlflow.api.proto.Service;
import org.mlflow.tracking.MlflowClient;

/** Publishes to an MLflow server; a run is found again by a tag with the run's own id. */
final class MlflowServerTracker implements Tracker {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final MlflowServer server;
    private final TrackingLimits limits;

    MlflowServerTracker(TrackingUri uri, TrackingLimits limits) {
        this.server = new MlflowServer(uri, limits);
        this.limits = limits;
    }

    @Override
    public TrackedRun start(RunCard card, RunLayout layout) throws TrackingException {
        String experiment = experiment(card.experiment());
        String parent =
                card.hasParent() ? findOrCreate(experiment, card.parent(), "").getRunId() : "";
        Service.RunInfo info = findOrCreate(experiment, card, parent);
        String id = info.getRunId();
        if (info.getStatus() != Service.RunStatus.RUNNING) {
            update(id, "RUNNING", Optional.empty());
        }
        List<Map.Entry<String, String>> params = List.copyOf(card.params().entrySet());
        for (List<Map.Entry<String, String>> batch : Batches.split(
                params, Batches.PARAMS, e -> e.getKey().length() + e.getValue().length())) {
            List<Service.Param> some = batch.stream()
                    .map(e -> Service.Param.newBuilder()
                            .setKey(e.getKey())
                            .setValue(e.getValue())
                            .build())
                    .toList();
            log(id, List.of(), some, List.of());
        }
        for (List<Service.RunTag> batch : tags(card, parent)) {
            log(id, List.of(), List.of(), batch);
        }
        return new TrackedRun(id, experiment, info.getArtifactUri(), known(id));
    }

    @Override
    public void metrics(TrackedRun run, List<MetricPoint> points) throws TrackingException {
        for (List<MetricPoint> batch : Batches.split(
                run.missing(points), Batches.METRICS, point -> point.key().length() + 80)) {
            List<Service.Metric> some = batch.stream()
                    .map(point -> Service.Metric.newBuilder()
                            .setKey(point.key())
                            .setValue(point.value())
                            .setTimestamp(point.timestampMs())
                            .setStep(point.step())
                            .build())
                    .toList();
            log(run.runId(), some, List.of(), List.of());
            run.published(batch);
        }
    }

    @Override
    public void datasets(TrackedRun run, List<TrackedDataset> datasets) throws TrackingException {
        if (datasets.isEmpty()) {
            return;
        }
        ObjectNode body = JSON.objectNode().put("run_id", run.runId());
        ArrayNode list = body.putArray("datasets");
        for (TrackedDataset dataset : datasets) {
            ObjectNode input = list.addObject();
            input.putArray("tags").addObject().put("key", "mlflow.data.context").put("value", dataset.context());
            input.putObject("dataset")
                    .put("name", dataset.name())
                    .put("digest", dataset.digest())
                    .put("source_type", "code")
                    .put("source", dataset.source())
                    .put("profile", dataset.profile());
        }
        String text = body.toString();
        server.need("log datasets", client -> client.sendPost("runs/log-inputs", text));
    }

    @Override
    public void note(TrackedRun run, String markdown) throws TrackingException {
        log(run.runId(), List.of(), List.of(), List.of(tag("mlflow.note.content", MlflowNames.tagValue(markdown))));
    }

    @Override
    public void artifacts(TrackedRun run, RunLayout layout) throws TrackingException {
        ArtifactUpload.of(server, limits, run).send(layout);
    }

    @Override
    public void finish(TrackedRun run, Outcome outcome, long endedMs) throws TrackingException {
        update(run.runId(), outcome.name(), Optional.of(endedMs));
    }

    @Override
    public Optional<TrackedRun> parent(RunCard card) throws TrackingException {
        if (!card.hasParent()) {
            return Optional.empty();
        }
        String experiment = experiment(card.experiment());
        String id = findOrCreate(experiment, card.parent(), "").getRunId();
        return Optional.of(new TrackedRun(id, experiment, "", List.of()));
    }

    @Override
    public void finishParent(RunCard card, Outcome outcome, long endedMs) throws TrackingException {
        if (card.hasParent()) {
            String experiment = experiment(card.experiment());
            update(findOrCreate(experiment, card.parent(), "").getRunId(), outcome.name(), Optional.of(endedMs));
        }
    }

    @Override
    public void close() {
        server.close();
    }

    private String experiment(String name) throws TrackingException {
        Optional<Service.Experiment> found = experimentByName(name);
        if (found.isEmpty()) {
            try {
                return server.ask(client -> client.createExperiment(name));
            } catch (MlflowServer.Refused refused) {
                // someone else's run may have created it in between: then it is there now
                found = experimentByName(name);
                if (found.isEmpty()) {
                    return server.need(
                            "create the experiment \"" + name + "\"", client -> client.createExperiment(name));
                }
            }
        }
        if (!found.get().getLifecycleStage().equals("active")) {
            throw TrackingException.permanent("the experiment \"" + name + "\" is deleted on " + server.uri()
                    + "; restore it there, or give the suite another name");
        }
        return found.get().getExperimentId();
    }

    private Optional<Service.Experiment> experimentByName(String name) throws TrackingException {
        return server.need("look for the experiment \"" + name + "\"", client -> client.getExperimentByName(name));
    }

    /**
     * The run with that card's id. The client itself sends a create again after an error, and so do we after a silence, so several
     * may have come into being: the first stays.
     */
    private Service.RunInfo findOrCreate(String experiment, RunCard card, String parent) throws TrackingException {
        List<Service.RunInfo> found = find(experiment, card);
        if (!found.isEmpty()) {
            return found.get(0);
        }
        List<List<Service.RunTag>> tags = tags(card, parent);
        Service.CreateRun create = Service.CreateRun.newBuilder()
                .setExperimentId(experiment)
                .setRunName(card.name())
                .setStartTime(card.startedMs())
                .setUserId(card.tags().getOrDefault("mlflow.user", "unknown"))
                .addTags(tag(RunCard.OWN_ID, card.id()))
                .addAllTags(tags.get(0).stream()
                        .filter(tag -> !tag.getKey().equals(RunCard.OWN_ID))
                        .toList())
                .build();
        Service.RunInfo created = server.need("create a run in \"" + card.experiment() + "\"", client -> {
            List<Service.RunInfo> already = search(client, experiment, card);
            return already.isEmpty() ? client.createRun(create) : already.get(0);
        });
        List<Service.RunInfo> all = find(experiment, card);
        if (all.isEmpty()) {
            return created;
        }
        for (Service.RunInfo extra : all.subList(1, all.size())) {
            server.need("remove a run that was created twice", client -> {
                client.deleteRun(extra.getRunId());
                return true;
            });
        }
        return all.get(0);
    }

    private List<Service.RunInfo> find(String experiment, RunCard card) throws TrackingException {
        return server.need("search runs", client -> search(client, experiment, card));
    }

    /** By the server's run id, so that everyone picks the same one. */
    private static List<Service.RunInfo> search(MlflowClient client, String experiment, RunCard card) {
        String filter = "tags.`" + RunCard.OWN_ID + "` = '" + card.id() + "'";
        return client.searchRuns(List.of(experiment), filter, Service.ViewType.ACTIVE_ONLY, 100).getItems().stream()
                .map(Service.Run::getInfo)
                .sorted(Comparator.comparing(Service.RunInfo::getRunId))
                .toList();
    }

    /** What the run has already: after a crash, or an earlier attempt to publish. */
    private Set<TrackedRun.Point> known(String runId) throws TrackingException {
        Set<TrackedRun.Point> known = new HashSet<>();
        Service.Run run = server.need("read the run", client -> client.getRun(runId));
        for (Service.Metric latest : run.getData().getMetricsList()) {
            String token = "";
            do {
                String path = "metrics/get-history?max_results=25000&run_id=" + runId + "&metric_key="
                        + encode(latest.getKey()) + (token.isEmpty() ? "" : "&page_token=" + encode(token));
                // the client's own getMetricHistory cannot read a second page
                JsonNode page = MlflowServer.json(server.need("read metrics", client -> client.sendGet(path)));
                for (JsonNode metric : page.path("metrics")) {
                    known.add(new TrackedRun.Point(
                            latest.getKey(), metric.path("step").asLong()));
                }
                token = page.path("next_page_token").asText("");
            } while (!token.isEmpty());
        }
        return known;
    }

    private void log(String runId, List<Service.Metric> metrics, List<Service.Param> params, List<Service.RunTag> tags)
            throws TrackingException {
        server.need("log " + (metrics.isEmpty() ? params.isEmpty() ? "tags" : "params" : "metrics"), client -> {
            client.logBatch(runId, metrics, params, tags);
            return true;
        });
    }

    private void update(String runId, String status, Optional<Long> endedMs) throws TrackingException {
        ObjectNode body = JSON.objectNode().put("run_id", runId).put("status", status);
        endedMs.ifPresent(ms -> body.put("end_time", ms));
        String text = body.toString();
        server.need("set the run's status", client -> client.sendPost("runs/update", text));
    }

    private static List<List<Service.RunTag>> tags(RunCard card, String parent) {
        List<Service.RunTag> tags = new ArrayList<>();
        card.publishedTags(parent).forEach((key, value) -> tags.add(tag(key, value)));
        return Batches.split(
                tags,
                Batches.TAGS - 1,
                tag -> tag.getKey().length() + tag.getValue().length());
    }

    private static Service.RunTag tag(String key, String value) {
        return Service.RunTag.newBuilder().setKey(key).setValue(value).build();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
