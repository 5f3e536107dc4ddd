package io.reprise.experiment;

import io.reprise.analysis.relation.RelationResult;
import io.reprise.analysis.relation.RelationSpec;
import io.reprise.config.ExperimentConfig;
import io.reprise.report.RelationPages;
import io.reprise.run.DataSummary;
import io.reprise.run.Json;
import io.reprise.run.MetricsLog;
import io.reprise.run.Provenance;
import io.reprise.run.RelationResults;
import io.reprise.run.RunDirectory;
import io.reprise.run.RunLayout;
import io.reprise.run.RunResult;
import io.reprise.run.RunState;
import io.reprise.run.Secrets;
import io.reprise.track.Publication;
import io.reprise.track.RunCard;
import io.reprise.track.StandardTags;
import io.reprise.track.Sync;
import io.reprise.track.TrackingException;
import io.reprise.track.TrackingLimits;
import io.reprise.track.TrackingUri;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Publishes an evaluation of relations to MLflow: one execution, and below it one run per relation. Each of these has a run
 * directory of its own, {@code <evaluation>/runs/<relation>}, so that {@code reprise sync} can publish later what a tracker did
 * not get now.
 */
public final class PublishRelations {
    private static final String RUNS = "runs";

    private final Clock clock;
    private final AtomicFile files;
    private final Consumer<String> warn;

    /** @param warn hears it, in one line, if the tracker fails */
    public PublishRelations(Clock clock, AtomicFile files, Consumer<String> warn) {
        this.clock = clock;
        this.files = files;
        this.warn = warn;
    }

    /**
     * What was evaluated.
     *
     * @param name the MLflow experiment's
     * @param model a directory
     * @param parameters of the model
     * @param config the resolved config as YAML, with a {@code tracking_uri} if it is not the usual one
     * @param configHash hexadecimal
     */
    public record Study(
            String name,
            String model,
            long parameters,
            RelationSpec spec,
            String config,
            String configHash,
            Provenance provenance) {}

    /**
     * Writes the relations' run directories, and publishes them. A relation whose result is there already keeps its run.
     *
     * @param evaluation where index.html is
     * @param trackingUri {@code none} for nothing at all
     * @return where each was published; fewer than {@code relations} if the tracker failed
     * @throws IllegalArgumentException if the address is none
     */
    public List<Publication> publish(Path evaluation, Study study, List<RelationResult> relations, String trackingUri)
            throws IOException {
        if (trackingUri.equals(ExperimentConfig.NO_TRACKING)) {
            return List.of();
        }
        Sync sync = new Sync(TrackingUri.parse(trackingUri, System.getenv()), TrackingLimits.defaults(), clock);
        List<String> keys = RelationPages.keys(relations);
        List<Path> directories = new ArrayList<>();
        for (int i = 0; i < relations.size(); i++) {
            Path directory = evaluation.resolve(RUNS).resolve(keys.get(i));
            if (!isThere(directory, relations.get(i))) {
                write(directory, sync, study, relations.get(i), parent(evaluation, study));
            }
            directories.add(directory);
        }
        List<Publication> published = new ArrayList<>();
        for (Path directory : directories) {
            try {
                published.add(sync.publish(directory));
            } catch (TrackingException e) {
                warn.accept(
                        "MLflow: " + e.getMessage() + "; publish the relations later with: reprise sync " + evaluation);
                return published;
            }
        }
        return published;
    }

    private static boolean isThere(Path directory, RelationResult relation) throws IOException {
        RunLayout layout = new RunLayout(directory);
        return RunDirectory.inspect(directory).state() == RunState.FINISHED
                && Files.exists(layout.relations())
                && Files.exists(layout.tracking())
                && RelationResults.read(layout.relations()).relations().equals(List.of(relation));
    }

    private void write(Path directory, Sync sync, Study study, RelationResult relation, String parent)
            throws IOException {
        boolean fresh = RunDirectory.inspect(directory).state() == RunState.ABSENT;
        try (RunDirectory run =
                fresh ? RunDirectory.start(directory, clock, files) : RunDirectory.restart(directory, clock, files)) {
            RunLayout layout = run.layout();
            files.write(layout.config(), Secrets.redact(study.config()));
            run.writeProvenance(study.provenance());
            MetricsLog.create(layout.metrics(), files.observer()).close();
            files.write(layout.relations(), Json.write(new RelationResults(List.of(relation))));
            files.write(layout.report(), RelationPages.page(relation));
            run.writeResult(result(study, relation));
            sync.describe(layout, card(run, study, relation, parent), files);
            run.finish();
        }
    }

    private static RunCard card(RunDirectory run, Study study, RelationResult relation, String parent) {
        RelationSpec spec = study.spec();
        Map<String, String> params = new LinkedHashMap<>();
        params.put("relation", relation.relation());
        params.put("model", study.model());
        params.put("estimator", relation.estimator());
        params.put("template", relation.template());
        params.put("to", relation.to());
        params.put("layers", spec.layers().isEmpty() ? "all" : list(spec.layers()));
        params.put("edit_layers", spec.editLayers().isEmpty() ? "as layers" : list(spec.editLayers()));
        params.put("betas", list(spec.betas()));
        params.put("ranks", list(spec.ranks()));
        spec.readRank().ifPresent(rank -> params.put("read_rank", rank + (spec.residual() ? " of W - I" : "")));
        params.put("train", Integer.toString(spec.train()));
        params.put("trials", Integer.toString(spec.trials()));
        params.put("seed", Long.toString(spec.seed()));
        return new RunCard(
                study.name(),
                run.status().id(),
                relation.relation(),
                run.status().startedMs(),
                params,
                StandardTags.of(
                        study.name(),
                        "relation",
                        spec.seed(),
                        study.configHash(),
                        System.getProperty("user.name", "unknown"),
                        study.provenance()),
                parent,
                study.name() + " · " + study.configHash() + " · seed " + spec.seed());
    }

    private static String list(List<?> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static RunResult result(Study study, RelationResult relation) {
        Map<String, Integer> subjects = new LinkedHashMap<>();
        subjects.put("train", study.spec().train());
        subjects.put(
                "test",
                relation.trials().stream()
                        .mapToInt(t -> t.known() + t.unknown())
                        .sum());
        return new RunResult(
                study.name(),
                study.configHash(),
                study.spec().seed(),
                "finished",
                relation.trials().isEmpty() ? "no trial could be scored" : "all trials done",
                relation.model(),
                study.parameters(),
                0,
                "Does a linear operator stand for “" + relation.relation() + "”?",
                RelationPages.answer(relation),
                new DataSummary(subjects, Map.of(), 0, Map.of(), List.of()),
                metrics(relation),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Map.of());
    }

    /** Named alike for every relation, so that a tracker's table has them in columns. */
    private static Map<String, Double> metrics(RelationResult relation) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        relation.summary().forEach((measure, spread) -> {
            // MLflow's names have no @
            String name = measure.replace("@", "_at_");
            metrics.put(name, spread.mean());
            spread.se().ifPresent(se -> metrics.put(name + "_se", se));
        });
        metrics.put("trials_scored", (double) relation.trials().size());
        metrics.put("commonest", relation.commonest());
        return metrics;
    }

    /** The same for every call on this directory: relations that are added later join the same execution. */
    private static String parent(Path evaluation, Study study) {
        String name = study.name() + "\n" + study.configHash() + "\n"
                + study.spec().seed() + "\n" + evaluation.toAbsolutePath().normalize();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
    }

    /** Where all can be seen, in words; empty if nothing was published. */
    public static Optional<String> words(List<Publication> published) {
        return published.stream().findFirst().map(Publication::uri).map(Pipeline::words);
    }
}
