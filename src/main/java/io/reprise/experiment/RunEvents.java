package io.reprise.experiment;

import io.reprise.run.DataSummary;
import io.reprise.train.Evaluation;
import io.reprise.train.TrainListener;

/** Hears how a run gets on. A run calls it from one thread; several runs of a sweep each have their own. */
public interface RunEvents extends TrainListener {
    /**
     * Before anything else.
     *
     * @param task in words: numerals +1
     * @param model in words: 1 layer, 2 heads, d_model 64
     * @param backend in words: cpu, nd4j float64
     * @param steps at most this many
     */
    void onStart(
            String name,
            String task,
            String model,
            long parameters,
            long seed,
            String backend,
            int threads,
            long steps);

    /** The splits are built. */
    void onData(DataSummary data);

    /** Something the reader should know. */
    void onNote(String note);

    /** Something that went wrong and didn't stop the run, such as a tracker that doesn't answer. */
    void onWarning(String warning);

    /** Training goes on from a checkpoint. */
    void onResume(long step);

    /** Training is over, for a reason in words. */
    void onStop(long step, String reason);

    /** A part of a long analysis is done. */
    default void onAnalysis(String analysis, String what) {}

    @Override
    void onStep(long step, double loss, double lr, long tokens);

    @Override
    void onEvaluation(long step, double trainLoss, double lr, Evaluation evaluation);

    @Override
    default void beforeCheckpoint(long step) {}
}
