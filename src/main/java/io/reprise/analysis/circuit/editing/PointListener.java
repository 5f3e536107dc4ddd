package io.reprise.analysis.circuit.editing;

import io.reprise.train.Evaluation;
import io.reprise.train.TrainListener;
import java.util.List;
import java.util.function.Supplier;

/** Notes the outcome at each evaluation. */
record PointListener(List<Recovery.Point> points, Supplier<Outcome> outcome) implements TrainListener {
    @Override
    public void onStep(long step, double loss, double lr, long tokens) {}

    @Override
    public void onEvaluation(long step, double trainLoss, double lr, Evaluation evaluation) {
        points.add(new Recovery.Point(step, outcome.get()));
    }

    @Override
    public void beforeCheckpoint(long step) {}
}
