package io.reprise.train;

import io.reprise.backend.Backend;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The training loop. It makes its optimiser from the very tensors it trains, so that the two cannot come apart. Stopping and
 * going on from a checkpoint gives the same bits as never stopping.
 */
public final class Trainer {
    private final Backend backend;
    private final Supplier<LossGradient> losses;
    private final TrainSpec spec;
    private final Supplier<Evaluation> evaluator;
    private final Checkpoints checkpoints;
    private final TrainListener listener;

    /** Trains all parameters of a language model. */
    public Trainer(
            Transformer model,
            Parameters parameters,
            TrainSpec spec,
            BatchSource batches,
            Supplier<Evaluation> evaluator,
            Checkpoints checkpoints,
            TrainListener listener) {
        this(
                model.backend(),
                () -> new BatchGradient(model, parameters, batches),
                spec,
                evaluator,
                checkpoints,
                listener);
    }

    /**
     * Trains whatever a loss has a gradient of. Of {@code spec}, the loss and the batch size are the business of {@code losses}.
     *
     * @param losses opens the loss; closed when training ends
     */
    public Trainer(
            Backend backend,
            Supplier<LossGradient> losses,
            TrainSpec spec,
            Supplier<Evaluation> evaluator,
            Checkpoints checkpoints,
            TrainListener listener) {
        this.backend = backend;
        this.losses = losses;
        this.spec = spec;
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
        try (LossGradient gradients = losses.get();
                AdamOptimizer optimizer = new AdamOptimizer(backend, gradients.trained(), spec)) {
            Map<String, Tensor> trained = gradients.trained();
            TrainState state = TrainState.START;
            if (resumeFrom.isPresent()) {
                state = checkpoints.restore(resumeFrom.get(), trained, optimizer);
            }
            while (true) {
                LossGradient.BatchLoss batch = gradients.run(state.cursor());
                double loss = batch.mean();
                if (!Double.isFinite(loss)) {
                    listener.onStep(state.step() + 1, loss, rate(state), batch.tokens());
                    return new Outcome(StopReason.NOT_FINITE, state.stepped(loss), checkpoints.lastSaved());
                }
                // Only now, with the loss of the step after it, are the weights known to be worth keeping.
                Optional<StopReason> stop = stop(state);
                if (stop.isPresent() || due(state.step())) {
                    save(state, trained, optimizer);
                }
                if (stop.isPresent()) {
                    return new Outcome(stop.get(), state, checkpoints.lastSaved());
                }
                update(state, optimizer, gradients);
                listener.onStep(state.step() + 1, loss, rate(state), batch.tokens());
                state = state.stepped(loss);
                if (state.step() % spec.evalEvery() == 0 || state.step() == spec.steps()) {
                    state = evaluate(state, trained);
                }
            }
        }
    }

    private void update(TrainState state, AdamOptimizer optimizer, LossGradient gradients) {
        List<String> names = List.copyOf(gradients.trained().keySet());
        double lr = rate(state);
        double scale = clipping(names, gradients);
        backend.parallel(
                names.size(),
                i -> optimizer.step(names.get(i), gradients.gradient(names.get(i)), lr, scale, state.step() + 1));
    }

    /** Learning rate of the step after {@code state}. */
    private double rate(TrainState state) {
        return spec.schedule().rate(spec.lr(), state.step() + 1, spec.steps(), state.plateau());
    }

    /** Factor that brings the global gradient norm down to the limit. */
    private double clipping(List<String> names, LossGradient gradients) {
        if (spec.clipNorm().isEmpty()) {
            return 1;
        }
        double squares = 0;
        for (String name : names) {
            squares += backend.sumOfSquares(gradients.gradient(name));
        }
        return Math.min(1, spec.clipNorm().get() / (Math.sqrt(squares) + 1e-6)); // 1e-6 as torch's clip_grad_norm_
    }

    private TrainState evaluate(TrainState state, Map<String, Tensor> trained) throws IOException {
        Evaluation evaluation = evaluator.get();
        double lr = spec.schedule().rate(spec.lr(), state.step(), spec.steps(), state.plateau());
        listener.onEvaluation(state.step(), state.lastLoss(), lr, evaluation);
        TrainState evaluated = state.evaluated(evaluation, spec);
        if (evaluated.bestStep() == state.step()) {
            checkpoints.saveBest(trained, state.step());
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

    private void save(TrainState state, Map<String, Tensor> trained, AdamOptimizer optimizer) throws IOException {
        if (checkpoints.lastSaved().equals(OptionalLong.of(state.step()))) {
            checkpoints.prune(state.step(), spec.keepLogSpaced()); // a kill may have come before that
            return;
        }
        listener.beforeCheckpoint(state.step());
        checkpoints.save(state, trained, optimizer, spec.keepLogSpaced());
    }
}
