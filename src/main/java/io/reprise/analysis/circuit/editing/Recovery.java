package io.reprise.analysis.circuit.editing;

import io.reprise.analysis.circuit.Unit;
import io.reprise.backend.Backend;
import io.reprise.data.PairSet;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.train.BatchSource;
import io.reprise.train.Checkpoints;
import io.reprise.train.Evaluation;
import io.reprise.train.StopReason;
import io.reprise.train.TrainSpec;
import io.reprise.train.Trainer;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** How much of a task training brings back after units were taken out of the weights. */
public final class Recovery {
    /** What training may do with the units that were taken out. */
    public enum Mode {
        /** They stay out: their weights get no gradient. What comes back, the rest has taken over. */
        HELD,
        /** They start from 0 and learn like all others: what comes back may be the units themselves. */
        FREE;

        /** As in YAML and JSON. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** After {@code step} optimiser steps. */
    public record Point(long step, Outcome outcome) {}

    /**
     * One model trained on.
     *
     * @param removed names of the units that were taken out
     * @param points from step 0, every {@code eval_every} steps
     */
    public record Curve(Mode mode, List<String> removed, List<Point> points) {
        public Curve {
            removed = List.copyOf(removed);
            points = List.copyOf(points);
        }
    }

    private final Backend backend;
    private final Parameters parameters;
    private final TrainSpec spec;
    private final BatchSource batches;
    private final PairSet task;
    private final Path workspace;

    /**
     * @param parameters of the trained model; left as they are
     * @param spec of the training on; all curves see the same batches
     * @param task that is measured, disjoint from what is trained on
     * @param workspace an existing directory for checkpoints, which stay there
     */
    public Recovery(
            Backend backend, Parameters parameters, TrainSpec spec, BatchSource batches, PairSet task, Path workspace) {
        this.backend = backend;
        this.parameters = parameters;
        this.spec = spec;
        this.batches = batches;
        this.task = task;
        this.workspace = workspace;
    }

    /**
     * @param removed nothing, to see what training on alone does
     * @param name of the curve: a directory of the workspace
     * @throws IllegalArgumentException if the loss becomes infinite
     */
    public Curve run(Set<Unit> removed, Mode mode, String name) throws IOException {
        try (Parameters edited = WeightEdits.without(backend, parameters, removed)) {
            Transformer model = new Transformer(backend, edited.config(), edited);
            List<Point> points = new ArrayList<>(List.of(new Point(0, outcome(model))));
            Path directory = java.nio.file.Files.createDirectories(workspace.resolve(name));
            Trainer.Outcome outcome = new Trainer(
                            backend,
                            () -> new MaskedGradient(model, edited, batches, mode == Mode.HELD ? removed : Set.of()),
                            spec,
                            () -> evaluation(model),
                            new Checkpoints(directory, new AtomicFile(), backend),
                            new PointListener(points, () -> outcome(model)))
                    .run(Optional.empty());
            if (outcome.reason() == StopReason.NOT_FINITE) {
                throw new IllegalArgumentException(
                        "the loss became " + outcome.state().lastLoss() + " at step "
                                + outcome.state().step() + " of training on; lower its lr");
            }
            return new Curve(mode, EditingResult.names(removed), points);
        }
    }

    private Outcome outcome(Transformer model) {
        return Outcome.of(task, Variant.of(model).logits(task));
    }

    /** The trainer's own look: it stops and keeps its best by this. */
    private Evaluation evaluation(Transformer model) {
        Outcome outcome = outcome(model);
        return new Evaluation(-outcome.logitDifference(), outcome.accuracy());
    }
}
