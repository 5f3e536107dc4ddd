package io.reprise.experiment;

import io.reprise.config.ExperimentConfig;
import io.reprise.config.ProbeConfig;
import io.reprise.config.ResolvedConfig;
import io.reprise.run.Provenance;
import io.reprise.run.RunDirectory;
import io.reprise.track.RunCard;
import io.reprise.track.StandardTags;
import io.reprise.track.Tracking;
import io.reprise.track.TrackingLimits;
import io.reprise.track.TrackingUri;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Step 8: publishes the run to MLflow, beside it while it goes on and whole at its end. Never stops it. */
final class Publish {
    private Publish() {}

    /** Empty if the config asks for no tracking. */
    static Optional<Tracking> start(
            ExperimentConfig config,
            RunDirectory run,
            Provenance provenance,
            Parentage parentage,
            Clock clock,
            Consumer<String> warn)
            throws IOException {
        String uri = config.trackingUri().orElse(ExperimentConfig.NO_TRACKING);
        return start(uri, run, card(config, run, provenance, parentage), clock, warn);
    }

    /** As above, for a probe on examples of a file. */
    static Optional<Tracking> start(
            String name,
            ProbeConfig config,
            ResolvedConfig resolved,
            RunDirectory run,
            Provenance provenance,
            Clock clock,
            Consumer<String> warn)
            throws IOException {
        Map<String, String> params = new LinkedHashMap<>();
        params.put("seed", Long.toString(config.seed()));
        params.put("model", config.model().orElseThrow());
        params.put("examples", config.examples().orElseThrow());
        params.put("sites", String.join(",", config.sites()));
        params.put("pool", config.pool().label());
        params.put("head.hidden", Integer.toString(config.head().hidden()));
        params.put("fine_tune", Boolean.toString(config.fineTune().isPresent()));
        params.values().removeIf(String::isEmpty);
        Map<String, String> tags = StandardTags.of(
                name, "probe", config.seed(), resolved.hash(), System.getProperty("user.name", "unknown"), provenance);
        RunCard card = new RunCard(
                name,
                run.status().id(),
                name + " · " + resolved.hash() + " · seed " + config.seed(),
                run.status().startedMs(),
                params,
                tags);
        return start(config.tracking(), run, card, clock, warn);
    }

    private static Optional<Tracking> start(
            String uri, RunDirectory run, RunCard card, Clock clock, Consumer<String> warn) throws IOException {
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
                card));
    }

    private static String kind(ExperimentConfig config) {
        if (!config.circuits().isEmpty()) {
            return "overlap";
        }
        return config.pretrained().isPresent() ? "evaluate" : "train";
    }

    private static RunCard card(ExperimentConfig config, RunDirectory run, Provenance provenance, Parentage parentage) {
        Map<String, String> params = new LinkedHashMap<>();
        params.put("seed", Long.toString(config.modelSeed()));
        if (!config.circuits().isEmpty()) {
            params.put(
                    "circuits", config.circuits().stream().map(Path::toString).collect(Collectors.joining(",")));
        } else if (config.pretrained().isPresent()) {
            params.put("pretrained", config.pretrained().get().toString());
        } else {
            params.put("model.n_layers", Integer.toString(config.model().nLayers()));
            params.put("model.n_heads", Integer.toString(config.model().nHeads()));
            params.put("model.d_model", Integer.toString(config.model().dModel()));
            params.put("model.d_mlp", Integer.toString(config.model().dMlp()));
            params.put("train.steps", Long.toString(config.train().steps()));
            params.put("train.batch_size", Integer.toString(config.train().batchSize()));
            params.put("train.lr", Double.toString(config.train().lr()));
            params.put("train.loss", config.train().loss().name().toLowerCase(Locale.ROOT));
        }
        if (config.circuits().isEmpty()) {
            params.put("split.by", config.split().by().name().toLowerCase(Locale.ROOT));
            params.put("backend", config.backend().orElseThrow().name().toLowerCase(Locale.ROOT));
        }
        if (!parentage.arm().isEmpty()) {
            params.put("arm", parentage.arm());
        }
        Map<String, String> tags = StandardTags.of(
                config.name(),
                kind(config),
                config.modelSeed(),
                config.resolved().hash(),
                System.getProperty("user.name", "unknown"),
                provenance);
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
