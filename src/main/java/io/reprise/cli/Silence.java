package io.reprise.cli;

import io.reprise.experiment.RunEvents;
import io.reprise.run.DataSummary;
import io.reprise.train.Evaluation;

/** Says nothing of a run but its warnings. */
class Silence implements RunEvents {
    private final Screen screen;
    private final String prefix;

    /** @param prefix says which run a warning is about; empty if there is only one */
    Silence(Screen screen, String prefix) {
        this.screen = screen;
        this.prefix = prefix;
    }

    @Override
    public void onStart(
            String name,
            String task,
            String model,
            long parameters,
            long seed,
            String backend,
            int threads,
            long steps) {}

    @Override
    public void onData(DataSummary data) {}

    @Override
    public void onNote(String note) {}

    @Override
    public void onWarning(String warning) {
        screen.warn(prefix + warning);
    }

    @Override
    public void onResume(long step) {}

    @Override
    public void onStop(long step, String reason) {}

    @Override
    public void onStep(long step, double loss, double lr, long tokens) {}

    @Override
    public void onEvaluation(long step, double trainLoss, double lr, Evaluation evaluation) {}
}
