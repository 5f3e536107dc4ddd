package io.reprise.experiment;

import io.reprise.run.MetricsLog;
import io.reprise.train.Evaluation;
import io.reprise.train.TrainListener;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the curves: what repeats bit for bit to metrics.jsonl, times to timings.jsonl. Passes everything on. */
final class CurveLog implements TrainListener {
    /** Steps between points of the training loss. */
    private static final int EVERY = 10;

    private final TrainListener next;
    private final MetricsLog metrics;
    private final MetricsLog timings;
    private final Clock clock;
    private final Follower follower;
    private long tokens;
    private long since;

    /** Hears each logged point; a tracker stands behind it. */
    @FunctionalInterface
    interface Follower {
        void metrics(long step, long atMs, Map<String, Double> values);
    }

    CurveLog(TrainListener next, MetricsLog metrics, MetricsLog timings, Clock clock, Follower follower) {
        this.next = next;
        this.metrics = metrics;
        this.timings = timings;
        this.clock = clock;
        this.follower = follower;
        this.since = clock.millis();
    }

    @Override
    public void onStep(long step, double loss, double lr, long stepTokens) throws IOException {
        tokens += stepTokens;
        if (step % EVERY == 0) {
            log(step, Map.of("train/loss", loss, "train/lr", lr));
        }
        next.onStep(step, loss, lr, stepTokens);
    }

    @Override
    public void onEvaluation(long step, double trainLoss, double lr, Evaluation evaluation) throws IOException {
        Map<String, Double> values = new LinkedHashMap<>();
        if (step % EVERY != 0) {
            values.put("train/loss", trainLoss);
            values.put("train/lr", lr);
        }
        values.put("val/loss", evaluation.loss());
        values.put("val/accuracy", evaluation.accuracy());
        log(step, values);
        long now = clock.millis();
        double rate = 1000.0 * tokens / Math.max(1, now - since);
        timings.append(step, Map.of(MetricsLog.AT_MS, (double) now, "train/tokens_per_s", rate));
        since = now;
        tokens = 0;
        next.onEvaluation(step, trainLoss, lr, evaluation);
    }

    @Override
    public void beforeCheckpoint(long step) throws IOException {
        metrics.sync();
        timings.sync();
        next.beforeCheckpoint(step);
    }

    private void log(long step, Map<String, Double> values) throws IOException {
        metrics.append(step, values);
        follower.metrics(step, clock.millis(), values);
    }
}
