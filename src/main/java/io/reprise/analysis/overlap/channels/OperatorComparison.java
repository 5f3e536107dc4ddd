package io.reprise.analysis.overlap.channels;

import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Models' operators of one relation. Nulls: a model against twins of the other with random weights, and against the other's
 * operators of another relation. Ceiling: seeds of one architecture against each other.
 */
public final class OperatorComparison {
    private final Resamples resamples;
    private final int directions;
    private final Rng rng;

    /** @param directions compared by their angles: the leading ones */
    public OperatorComparison(Resamples resamples, int directions, Rng rng) {
        if (directions < 1) {
            throw new IllegalArgumentException("directions = " + directions + "; expected 1 or more");
        }
        this.resamples = resamples;
        this.directions = directions;
        this.rng = rng;
    }

    /** What is measured of two operators. */
    private enum Measure {
        COSINE("operator: cosine") {
            @Override
            double of(OperatorView a, OperatorView b, int directions) {
                return a.cosine(b);
            }
        },
        CKA("operator: CKA") {
            @Override
            double of(OperatorView a, OperatorView b, int directions) {
                return a.cka(b);
            }
        },
        WRITTEN("operator: directions written") {
            @Override
            double of(OperatorView a, OperatorView b, int directions) {
                return a.written(b, directions);
            }
        },
        READ("operator: directions read") {
            @Override
            double of(OperatorView a, OperatorView b, int directions) {
                return a.read(b, directions);
            }
        };

        private final String words;

        Measure(String words) {
            this.words = words;
        }

        abstract double of(OperatorView a, OperatorView b, int directions);
    }

    /** All measures of two operators at all draws. */
    private final class Series {
        private final TaskOperator one;
        private final TaskOperator other;
        private final double[][] values = new double[Measure.values().length][resamples.count()];

        Series(TaskOperator one, TaskOperator other) {
            this.one = one;
            this.other = other;
        }

        void measure(int draw, Map<TaskOperator, OperatorView> views) {
            for (Measure measure : Measure.values()) {
                values[measure.ordinal()][draw] = measure.of(views.get(one), views.get(other), directions);
            }
        }
    }

    /** Cosine, CKA, and the angles of the directions written and read; all over the same tokens. */
    public List<ChannelComparison> of(Pairings<TaskOperator> models) {
        Map<TaskOperator, Resamples> draws = new HashMap<>();
        models.members().forEach(operator -> draws.put(operator, draws(operator)));
        Pairings.Measured<Series> series = models.map(Series::new);
        for (int draw = 0; draw < resamples.count(); draw++) {
            // of one draw at a time: all views of all models would not fit
            Map<TaskOperator, OperatorView> views = new HashMap<>();
            for (TaskOperator operator : models.members()) {
                views.put(
                        operator,
                        new OperatorView(operator.mean(draws.get(operator).at(draw))));
            }
            for (Series own : series.all()) {
                own.measure(draw, views);
            }
        }
        List<ChannelComparison> figures = new ArrayList<>();
        for (Measure measure : Measure.values()) {
            figures.add(new Calibrated(resamples, rng.split(measure.words))
                    .of(
                            measure.words,
                            Calibrated.Sense.SIMILARITY,
                            series.map(own -> draw -> own.values[measure.ordinal()][draw])));
        }
        return figures;
    }

    /** An operator of other prompts has draws of its own. */
    private Resamples draws(TaskOperator operator) {
        return operator.size() == resamples.prompts()
                ? resamples
                : new Resamples(
                        operator.size(),
                        resamples.count() - 1,
                        rng.split("others").at(0));
    }
}
