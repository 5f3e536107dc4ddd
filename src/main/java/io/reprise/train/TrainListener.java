package io.reprise.train;

import java.io.IOException;

/** Hears what happens in training; trackers, terminals and logs stand behind it. Called on the training thread. */
public interface TrainListener {
    /**
     * After each optimiser step.
     *
     * @param tokens tokens of the step's batch, padding included
     */
    void onStep(long step, double loss, double lr, long tokens) throws IOException;

    void onEvaluation(long step, double trainLoss, double lr, Evaluation evaluation) throws IOException;

    /** Before a checkpoint of {@code step} is written: what was logged up to it must reach the disk now. */
    void beforeCheckpoint(long step) throws IOException;
}
