package io.reprise.experiment;

import io.reprise.config.ExperimentConfig;
import io.reprise.run.GitState;
import io.reprise.run.RunDirectory;
import io.reprise.track.RunCard;
import io.reprise.track.Tracking;
import io.reprise.track.TrackingLimits;
import io.reprise.track.TrackingUri;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Step 8: publishes the run to MLflow, beside it while it goes on and whole at its end. Never stops it. */
final class Publish {
    private Publish() {}

    /** Empty if the config asks for no tracking. */
    static Optional<Tracking> start(
            ExperimentConfig config,
            RunDirectory run,
            GitState git,
            Parentage parentage,
            Clock clock,
            Consumer<String> warn)
            throws IOException {
        String uri = config.trackingUri().orElse(ExperimentConfig.NO_TRACKING);
        if (uri.equals(ExperimentConfig.NO_TRACKING)) {
            return Optional.empty();
        }
        return Optional.of(Tracking.start(
                TrackingUri.parse(uri, System.getenv()),
                TrackingLimits.defaults(),
                clock,
                run.files(),
                warn,
                run.layout(),
                card(config, run, git, parentage)));
    }

    private static RunCard card(ExperimentConfig config, RunDirectory run, GitState git, Parentage parentage) {
        Map<String, String> params = new LinkedHashMap<>();
        params.put("seed", Long.toString(config.modelSeed()));
        params.put("model.n_layers", Integer.toString(config.model().nLayers()));
        params.put("model.n_heads", Integer.toString(config.model().nHeads()));
        params.put("model.d_model", Integer.toString(config.model().dModel()));
        params.put("model.d_mlp", Integer.toString(config.model().dMlp()));
        params.put("train.steps", Long.toString(config.train().steps()));
        params.put("train.batch_size", Integer.toString(config.train().batchSize()));
        params.put("train.lr", Double.toString(config.train().lr()));
        params.put("train.loss", config.train().loss().name().toLowerCase(java.util.Locale.ROOT));
        params.put("split.by", config.split().by().name().toLowerCase(java.util.Locale.ROOT));
        params.put("backend", config.backend().orElseThrow().name().toLowerCase(java.util.Locale.ROOT));
        if (!parentage.arm().isEmpty()) {
            params.put("arm", parentage.arm());
        }
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("suite", config.name());
        tags.put("kind", "run");
        tags.put("seed", Long.toString(config.modelSeed()));
        tags.put("config.hash", config.resolved().hash());
        tags.put("mlflow.user", System.getProperty("user.name", "unknown"));
        tags.put("mlflow.source.name", "reprise");
        tags.put("mlflow.source.type", "LOCAL");
        tags.put("mlflow.source.git.commit", git.commit());
        config.question().ifPresent(question -> tags.put("mlflow.note.content", question));
        String name = (parentage.arm().isEmpty() ? config.name() : parentage.arm()) + " · "
                + config.resolved().hash() + " · seed " + config.modelSeed();
        return new RunCard(
                config.name(),
                run.status().id(),
                name,
                run.status().startedMs(),
                params,
                tags,
                parentage.id(),
                parentage.name());
    }
}
