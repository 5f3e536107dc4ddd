package io.reprise.train;

import io.reprise.backend.Backend;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
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
     * @param lastGood step of the last checkpoint; empty if there is none
     */
    public record Outcome(StopReason reason, TrainState state, OptionalLong lastGood) {}

    /**
     * @param resumeFrom the checkpoint to go on from; empty to start from the parameters as they are
     */
    public Outcome run(Optional<Checkpoints.Found> resumeFrom) throws IOException {
        try (AdamOptimizer optimizer = new AdamOptimizer(model.backend(), parameters, spec);
                GradientStep gradients = new GradientStep(model, parameters)) {
            TrainState state = TrainState.START;
            if (resumeFrom.isPresent()) {
                state = checkpoints.restore(resumeFrom.get(), parameters, optimizer);
            }
            while (true) {
                LabeledBatch batch = batches.at(state.cursor());
                double loss = gradients.run(batch);
                if (!Double.isFinite(loss)) {
                    listener.onStep(
                            state.step() + 1, loss, rate(state), batch.tokens().rows());
                    return new Outcome(StopReason.NOT_FINITE, state.stepped(loss), checkpoints.lastSaved());
                }
                // Only now, with the loss of the step after it, are the weights known to be worth keeping.
                Optional<StopReason> stop = stop(state);
                if (stop.isPresent() || due(state.step())) {
                    save(state, optimizer);
                }
                if (stop.isPresent()) {
                    return new Outcome(stop.get(), state, checkpoints.lastSaved());
                }
                update(state, optimizer, gradients);
                listener.onStep(
                        state.step() + 1, loss, rate(state), batch.tokens().rows());
                state = state.stepped(loss);
                if (state.step() % spec.evalEvery() == 0 || state.step() == spec.steps()) {
                    state = evaluate(state);
                }
            }
        }
    }

    private void update(TrainState state, AdamOptimizer optimizer, GradientStep gradients) {
        Backend backend = model.backend();
        double lr = rate(state);
        double scale = clipping(backend, gradients);
        backend.parallel(
                gradients.names().size(),
                i -> optimizer.step(gradients.names().get(i), gradients.gradient(i), lr, scale, state.step() + 1));
    }

    /** Learning rate of the step after {@code state}. */
    private double rate(TrainState state) {
        return spec.schedule().rate(spec.lr(), state.step() + 1, spec.steps(), state.plateau());
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
        return (step > 0 && step % spec.checkpointEvery() == 0)
                || (spec.keepLogSpaced() && Checkpoints.isLogSpaced(step));
    }

    private void save(TrainState state, AdamOptimizer optimizer) throws IOException {
        if (checkpoints.lastSaved().equals(OptionalLong.of(state.step()))) {
            checkpoints.prune(state.step(), spec.keepLogSpaced()); // a kill may have come before that
            return;
        }
        listener.beforeCheckpoint(state.step());
        checkpoints.save(state, parameters, optimizer, spec.keepLogSpaced());
    }
}
