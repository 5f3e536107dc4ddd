package io.reprise.experiment;

import io.reprise.config.ExperimentConfig;
import io.reprise.data.BatchCursor;
import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.data.Split;
import io.reprise.run.MetricsLog;
import io.reprise.run.RunDirectory;
import io.reprise.train.BatchSource;
import io.reprise.train.Checkpoints;
import io.reprise.train.LabeledBatch;
import io.reprise.train.TrainListener;
import io.reprise.train.Trainer;
import io.reprise.train.Validation;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Step 4: trains, logging and checkpointing into the run directory; goes on from the last whole checkpoint if there is one. */
final class TrainModel {
    private final ExperimentConfig config;
    private final Dataset data;
    private final BuildModel built;
    private final RunDirectory run;
    private final Clock clock;

    TrainModel(ExperimentConfig config, Dataset data, BuildModel built, RunDirectory run, Clock clock) {
        this.config = config;
        this.data = data;
        this.built = built;
        this.run = run;
        this.clock = clock;
    }

    Trainer.Outcome train(RunEvents events, CurveLog.Follower follower) throws IOException {
        Checkpoints checkpoints = checkpoints();
        Optional<Checkpoints.Found> found = checkpoints.latest(events::onWarning);
        long step = found.map(f -> f.state().step()).orElse(0L);
        found.ifPresent(f -> events.onResume(f.state().step()));
        try (MetricsLog metrics = MetricsLog.resume(
                        run.layout().metrics(), step, run.files().observer());
                MetricsLog timings = MetricsLog.resume(
                        run.layout().timings(), step, run.files().observer())) {
            TrainListener log = new CurveLog(events, metrics, timings, clock, follower);
            return new Trainer(
                            built.model(),
                            built.parameters(),
                            config.train(),
                            batches(),
                            validation(),
                            checkpoints,
                            log)
                    .run(found);
        }
    }

    Checkpoints checkpoints() {
        return new Checkpoints(
                run.layout().checkpoints(), run.files(), built.model().backend());
    }

    private BatchSource batches() {
        BatchCursor order = new BatchCursor(
                data.examples(Split.TRAIN), config.train().batchSize(), data.padId(), config.batchSeed());
        return cursor -> LabeledBatch.of(order.batch(cursor), config.train().loss());
    }

    private Validation validation() {
        List<Example> validation = data.examples(Split.VALIDATION);
        return new Validation(
                built.model(),
                validation.isEmpty() ? data.examples(Split.TRAIN) : validation,
                config.train().loss(),
                (example, position) -> Evaluate.determined(data.determinacy()).test(example, position),
                data.padId());
    }
}
