package io.reprise.experiment;

import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.data.KGram;
import io.reprise.run.Score;
import io.reprise.stats.ClusteredProportion;
import io.reprise.stats.Interval;
import io.reprise.train.Forecast;

/** Counts right predictions over some positions, with the ceiling and the k-gram baselines at the very same positions. */
final class PositionSet {
    private final String kind;
    private final Which which;
    private final ClusteredProportion right = new ClusteredProportion();
    private double ceiling;
    private long bigram;
    private long trigram;

    /** Whether a position belongs to the set. */
    @FunctionalInterface
    interface Which {
        boolean test(Example example, int position);
    }

    PositionSet(String kind, Which which) {
        this.kind = kind;
        this.which = which;
    }

    void add(Example example, Forecast forecast, Dataset data, KGram bigrams, KGram trigrams) {
        int correct = 0;
        int total = 0;
        for (int i = 1; i < example.length(); i++) {
            if (!which.test(example, i)) {
                continue;
            }
            total++;
            correct += forecast.guess(i) == example.token(i) ? 1 : 0;
            ceiling += data.determinacy().ceiling(example, i);
            bigram += bigrams.predict(example, i) == example.token(i) ? 1 : 0;
            trigram += trigrams.predict(example, i) == example.token(i) ? 1 : 0;
        }
        right.addCluster(correct, total);
    }

    /** Whether any position was counted. */
    boolean isEmpty() {
        return right.total() == 0;
    }

    Score score(String split) {
        Interval interval = right.interval();
        double total = right.total();
        return new Score(
                split,
                kind,
                right.correct(),
                right.total(),
                interval.low(),
                interval.high(),
                ceiling / total,
                bigram / total,
                trigram / total);
    }
}
