package io.reprise.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Everything besides tensors that training needs to go on as if it had never stopped.
 *
 * @param step optimiser steps done
 * @param cursor batches drawn so far: with the data seed, all that the order of training and its generator depend on
 * @param plateau the plateau schedule's memory
 * @param bestLoss lowest validation loss so far
 * @param bestStep step of {@code bestLoss}
 * @param bestAccuracy validation accuracy at {@code bestStep}
 * @param sinceBest evaluations since {@code bestStep}
 * @param streak evaluations in a row at or above the accuracy that stops
 * @param lastLoss training loss of the last step
 */
public record TrainState(
        long step,
        long cursor,
        Schedule.PlateauState plateau,
        double bestLoss,
        long bestStep,
        double bestAccuracy,
        int sinceBest,
        int streak,
        double lastLoss) {

    static final TrainState START = new TrainState(
            0, 0, Schedule.PlateauState.START, Double.POSITIVE_INFINITY, 0, Double.NaN, 0, 0, Double.NaN);

    TrainState stepped(double loss) {
        return new TrainState(step + 1, cursor + 1, plateau, bestLoss, bestStep, bestAccuracy, sinceBest, streak, loss);
    }

    TrainState evaluated(Evaluation evaluation, TrainSpec spec) {
        boolean better = evaluation.loss() < bestLoss;
        boolean reached = spec.stopWhen().isPresent()
                && evaluation.accuracy() >= spec.stopWhen().get().valAccuracy();
        Schedule.PlateauState next = spec.schedule() instanceof Schedule.Plateau rule
                ? plateau.after(evaluation.loss(), rule.patience())
                : plateau;
        return new TrainState(
                step,
                cursor,
                next,
                better ? evaluation.loss() : bestLoss,
                better ? step : bestStep,
                better ? evaluation.accuracy() : bestAccuracy,
                better ? 0 : sinceBest + 1,
                reached ? streak + 1 : 0,
                lastLoss);
    }

    /** Exact: doubles are spelt so that they read back to the same bits. */
    Map<String, String> toMetadata() {
        Map<String, String> text = new LinkedHashMap<>();
        text.put("step", Long.toString(step));
        text.put("cursor", Long.toString(cursor));
        text.put("plateau_best", Double.toString(plateau.best()));
        text.put("plateau_waited", Integer.toString(plateau.waited()));
        text.put("plateau_reductions", Integer.toString(plateau.reductions()));
        text.put("best_loss", Double.toString(bestLoss));
        text.put("best_step", Long.toString(bestStep));
        text.put("best_accuracy", Double.toString(bestAccuracy));
        text.put("since_best", Integer.toString(sinceBest));
        text.put("streak", Integer.toString(streak));
        text.put("last_loss", Double.toString(lastLoss));
        return text;
    }

    static TrainState fromMetadata(Map<String, String> text) {
        return new TrainState(
                Long.parseLong(text.get("step")),
                Long.parseLong(text.get("cursor")),
                new Schedule.PlateauState(
                        Double.parseDouble(text.get("plateau_best")),
                        Integer.parseInt(text.get("plateau_waited")),
                        Integer.parseInt(text.get("plateau_reductions"))),
                Double.parseDouble(text.get("best_loss")),
                Long.parseLong(text.get("best_step")),
                Double.parseDouble(text.get("best_accuracy")),
                Integer.parseInt(text.get("since_best")),
                Integer.parseInt(text.get("streak")),
                Double.parseDouble(text.get("last_loss")));
    }
}
