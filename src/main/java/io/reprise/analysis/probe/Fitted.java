package io.reprise.analysis.probe;

import io.reprise.model.Site;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.List;
import java.util.stream.IntStream;

/** One model's features of the three parts, standardised with the statistics of the training part, and heads fitted to them. */
final class Fitted {
    private final ProbeData data;
    private final FitHead fitter;
    private final Standardizer standardizer;
    private final Matrix train;
    private final Matrix validation;
    private final Matrix test;

    /** A head fitted to some labels; its answers to the test examples, and what they should be, as class numbers. */
    static final class Answers {
        private final FitHead.Fit fit;
        private final int[] predicted;
        private final int[] truth;

        private Answers(FitHead.Fit fit, int[] predicted, int[] truth) {
            this.fit = fit;
            this.predicted = predicted;
            this.truth = truth;
        }

        FitHead.Fit fit() {
            return fit;
        }

        int[] predicted() {
            return predicted;
        }

        int[] truth() {
            return truth;
        }
    }

    Fitted(Transformer model, List<Site> sites, ProbeSpec spec, ProbeData data) {
        Features features = new Features(model, sites, spec.pool());
        Matrix raw = features.of(data.examples(Part.TRAIN));
        this.data = data;
        this.fitter = new FitHead(spec.head());
        this.standardizer = Standardizer.of(raw);
        this.train = standardizer.apply(raw);
        this.validation = standardizer.apply(features.of(data.examples(Part.VALIDATION)));
        this.test = standardizer.apply(features.of(data.examples(Part.TEST)));
    }

    Standardizer standardizer() {
        return standardizer;
    }

    /** Fits to the true labels. */
    Answers fit(Rng rng) {
        return fit(data.labels(Part.TRAIN), data.labels(Part.VALIDATION), data.labels(Part.TEST), rng);
    }

    /** Fits to, and tests on, labels shuffled within each part. */
    Answers fitShuffled(Rng rng) {
        Rng shuffles = rng.split("shuffle");
        return fit(
                shuffle(data.labels(Part.TRAIN), shuffles),
                shuffle(data.labels(Part.VALIDATION), shuffles),
                shuffle(data.labels(Part.TEST), shuffles),
                rng);
    }

    private Answers fit(int[] trainLabels, int[] validationLabels, int[] testLabels, Rng rng) {
        FitHead.Fit fit = fitter.fit(
                train, trainLabels, validation, validationLabels, data.classes().size(), rng);
        return new Answers(fit, fit.head().predict(test), testLabels);
    }

    private static int[] shuffle(int[] labels, Rng rng) {
        return IntStream.of(rng.permutation(labels.length)).map(i -> labels[i]).toArray();
    }
}
