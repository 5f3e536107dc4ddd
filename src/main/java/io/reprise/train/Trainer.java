package io.reprise.train;

import io.reprise.backend.Backend;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The training loop. It makes its optimiser from the very model it trains, so that the two cannot come apart. Stopping and
 * going on from a checkpoint gives the same bits as never stopping.
 */
public final class Trainer {
    private final Transformer model;
    private final Parameters parameters;
    private final TrainSpec spec;
    private final BatchSource batches;
    private final Supplier<Evaluation> evaluator;
    private final Checkpoints checkpoints;
    private final TrainListener listener;

    public Trainer(
            Transformer model,
            Parameters parameters,
            TrainSpec spec,
            BatchSource batches,
            Supplier<Evaluation> evaluator,
            Checkpoints checkpoints,
            TrainListener listener) {
        this.model = model;
        this.parameters = parameters;
        this.spec = spec;
        this.batches = batches;
        this.evaluator = evaluator;
        this.checkpoints = checkpoints;
        this.listener = listener;
    }

    /**
     * How training ended.
     *
     * @param lastGood step of the last checkpoint, for {@link StopReason#NOT_FINITE}
     */
    public record Outcome(StopReason reason, TrainState state, long lastGood) {}

    /**
     * @param resumeFrom the checkpoint to go on from; empty to start from the parameters as they are
     */
    public Outcome run(Optional<Checkpoints.Found> resumeFrom) throws IOException {
        try (AdamOptimizer optimizer = new AdamOptimizer(model.backend(), parameters, spec);
                GradientStep gradients = new GradientStep(model, parameters)) {
            TrainState state = TrainState.START;
            if (resumeFrom.isPresent()) {
                state = checkpoints.restore(resumeFrom.get(), parameters, optimizer);
            } else if (spec.keepLogSpaced()) {
                save(state, optimizer);
            }
            Optional<StopReason> stop = stop(state);
            while (stop.isEmpty()) {
                TrainState next = step(state, optimizer, gradients);
                if (!Double.isFinite(next.lastLoss())) {
                    return new Outcome(
                            StopReason.NOT_FINITE, next, checkpoints.lastSaved().orElse(0));
                }
                state = next;
                if (state.step() % spec.evalEvery() == 0 || state.step() == spec.steps()) {
                    state = evaluate(state);
                }
                stop = stop(state);
                if (stop.isPresent() || due(state.step())) {
                    save(state, optimizer);
                }
            }
            return new Outcome(stop.get(), state, state.step());
        }
    }

    private TrainState step(TrainState state, AdamOptimizer optimizer, GradientStep gradients) throws IOException {
        Backend backend = model.backend();
        long step = state.step() + 1;
        LabeledBatch batch = batches.at(state.cursor());
        double loss = gradients.run(batch);
        double lr = spec.schedule().rate(spec.lr(), step, spec.steps(), state.plateau());
        if (Double.isFinite(loss)) {
            double scale = clipping(backend, gradients);
            backend.parallel(
                    gradients.names().size(),
                    i -> optimizer.step(gradients.names().get(i), gradients.gradient(i), lr, scale, step));
        }
        listener.onStep(step, loss, lr, batch.tokens().rows());
        return state.stepped(loss);
    }

    /** Factor that brings the global gradient norm down to the limit. */
    private double clipping(Backend backend, GradientStep gradients) {
        if (spec.clipNorm().isEmpty()) {
            return 1;
        }
        double squares = 0;
        for (int i = 0; i < gradients.names().size(); i++) {
            squares += backend.sumOfSquares(gradients.gradient(i));
        }
        return Math.min(1, spec.clipNorm().get() / (Math.sqrt(squares) + 1e-6)); // 1e-6 as torch's clip_grad_norm_
    }

    private TrainState evaluate(TrainState state) throws IOException {
        Evaluation evaluation = evaluator.get();
        double lr = spec.schedule().rate(spec.lr(), state.step(), spec.steps(), state.plateau());
        listener.onEvaluation(state.step(), state.lastLoss(), lr, evaluation);
        TrainState evaluated = state.evaluated(evaluation, spec);
        if (evaluated.bestStep() == state.step()) {
            checkpoints.saveBest(parameters, state.step());
        }
        return evaluated;
    }

    private Optional<StopReason> stop(TrainState state) {
        if (spec.stopWhen().isPresent()
                && state.streak() >= spec.stopWhen().get().evaluations()) {
            return Optional.of(StopReason.ACCURACY);
        }
        if (spec.patience().isPresent() && state.sinceBest() >= spec.patience().get()) {
            return Optional.of(StopReason.PATIENCE);
        }
        return state.step() >= spec.steps() ? Optional.of(StopReason.STEPS) : Optional.empty();
    }

    private boolean due(long step) {
        return step % spec.checkpointEvery() == 0 || (spec.keepLogSpaced() && Checkpoints.isLogSpaced(step));
    }

    private void save(TrainState state, AdamOptimizer optimizer) throws IOException {
        listener.beforeCheckpoint(state.step());
        checkpoints.save(state, parameters, optimizer, spec.keepLogSpaced());
    }
}
