package io.reprise.train;

import java.util.Optional;

/**
 * How to train, as written in YAML.
 *
 * @param steps at most this many optimiser steps
 * @param batchSize sequences a step
 * @param loss which positions are trained on what
 * @param optimizer adam or adamw
 * @param lr learning rate before the schedule
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon Adam's ε
 * @param weightDecay λ, on every parameter
 * @param schedule how the rate moves
 * @param clipNorm largest global gradient norm, if clipping is wanted
 * @param evalEvery steps between evaluations on the validation set
 * @param checkpointEvery steps between checkpoints that resuming uses
 * @param keepLogSpaced also keep checkpoints at steps 1, 2, 4, 8, … for later analysis
 * @param stopWhen stop once validation accuracy stays up
 * @param patience stop after so many evaluations without a lower validation loss
 */
public record TrainSpec(
        long steps,
        int batchSize,
        Objective loss,
        Optimizer optimizer,
        double lr,
        double beta1,
        double beta2,
        double epsilon,
        double weightDecay,
        Schedule schedule,
        Optional<Double> clipNorm,
        long evalEvery,
        long checkpointEvery,
        boolean keepLogSpaced,
        Optional<StopWhen> stopWhen,
        Optional<Integer> patience) {

    /** Adam with L2 regularisation, or AdamW with decoupled decay. */
    public enum Optimizer {
        ADAM,
        ADAMW
    }

    /**
     * @param valAccuracy accuracy on determined validation positions that counts as reached
     * @param evaluations how many evaluations in a row
     */
    public record StopWhen(double valAccuracy, int evaluations) {
        public StopWhen {
            require(
                    valAccuracy > 0 && valAccuracy <= 1,
                    "val_accuracy = " + valAccuracy + "; expected above 0, at most 1");
            require(evaluations > 0, "evaluations = " + evaluations + "; expected 1 or more");
        }

        public static StopWhen defaults() {
            return new StopWhen(1.0, 5);
        }
    }

    public TrainSpec {
        require(steps >= 0, "steps = " + steps + "; expected 0 or more");
        require(batchSize > 0, "batch_size = " + batchSize + "; expected 1 or more");
        require(lr > 0 && lr < Double.POSITIVE_INFINITY, "lr = " + lr + "; expected a positive number");
        require(beta1 >= 0 && beta1 < 1, "beta1 = " + beta1 + "; expected 0 or more, below 1");
        require(beta2 >= 0 && beta2 < 1, "beta2 = " + beta2 + "; expected 0 or more, below 1");
        require(epsilon > 0, "epsilon = " + epsilon + "; expected a positive number");
        require(weightDecay >= 0, "weight_decay = " + weightDecay + "; expected 0 or more");
        require(clipNorm.isEmpty() || clipNorm.get() > 0, "clip_norm must be positive; leave it out for no clipping");
        require(evalEvery > 0, "eval_every = " + evalEvery + "; expected 1 or more");
        require(checkpointEvery > 0, "checkpoint_every = " + checkpointEvery + "; expected 1 or more");
        require(patience.isEmpty() || patience.get() > 0, "patience must be 1 or more evaluations");
    }

    public static TrainSpec defaults() {
        return new TrainSpec(
                2000,
                128,
                Objective.NEXT_TOKEN,
                Optimizer.ADAM,
                1e-3,
                0.9,
                0.999,
                1e-8,
                0,
                new Schedule.Constant(),
                Optional.empty(),
                100,
                500,
                false,
                Optional.empty(),
                Optional.empty());
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /** The same training for some more steps at a constant rate, never stopped early. */
    public TrainSpec onwards(long more, double rate, long evaluateEvery) {
        return new TrainSpec(
                more,
                batchSize,
                loss,
                optimizer,
                rate,
                beta1,
                beta2,
                epsilon,
                weightDecay,
                new Schedule.Constant(),
                clipNorm,
                evaluateEvery,
                more,
                false,
                Optional.empty(),
                Optional.empty());
    }
}
