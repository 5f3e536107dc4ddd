package io.reprise.analysis.probe;

import io.reprise.analysis.probe.ProbeResult.Difference;
import io.reprise.analysis.probe.ProbeResult.Measure;
import io.reprise.model.Parameters;
import io.reprise.model.Site;
import io.reprise.model.Transformer;
import io.reprise.stats.Interval;
import io.reprise.stats.Summary;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Fits a probe and its controls to one and the same split: the true labels, shuffled labels (within each part, so the classes
 * keep their sizes), the majority class of the training part, and models of the same shape with random weights.
 */
public final class ProbeStudy {
    private final ProbeSpec spec;
    private final Progress progress;

    /** Hears what is done. */
    @FunctionalInterface
    public interface Progress {
        void on(String what);
    }

    /** What is said of the probe in its result. */
    public record Words(String name, String label, String model) {}

    /**
     * @param probe the head with the lowest validation loss among those fitted to the true labels
     */
    public record Outcome(ProbeResult result, Probe probe) {}

    public ProbeStudy(ProbeSpec spec, Progress progress) {
        this.spec = spec;
        this.progress = progress;
    }

    /**
     * @param initStd standard deviation of the random models' weights
     * @param seed of everything that is drawn here
     */
    public Outcome run(Transformer model, double initStd, ProbeData data, Words words, long seed) {
        List<Site> sites = spec.sites().stream()
                .map(name -> Site.parse(name, model.config()))
                .toList();
        Rng rng = Rng.of(seed).split("probe");
        Parted own = features(model, sites, data);
        progress.on("features of " + own.train.rows() + " + " + own.validation.rows() + " + " + own.test.rows()
                + " examples, " + own.train.columns() + " wide");
        List<LabelledExample> tested = data.examples(Part.TEST);
        int[] truth = data.labels(Part.TEST);
        int classes = data.classes().size();
        FitHead fitter = new FitHead(spec.head());

        Tally accuracy = new Tally(ProbeResult.ACCURACY, tested);
        Tally shuffled = new Tally(ProbeResult.SHUFFLED, tested);
        int[][] confusion = new int[classes][classes];
        List<FitHead.Fit> fits = new ArrayList<>();
        for (int i = 0; i < spec.seeds(); i++) {
            Rng draws = rng.split("seed " + i);
            FitHead.Fit fit = own.fit(fitter, data.labels(Part.TRAIN), data.labels(Part.VALIDATION), classes, draws);
            fits.add(fit);
            int[] predicted = fit.head().predict(own.test);
            accuracy.add(predicted, truth);
            for (int n = 0; n < truth.length; n++) {
                confusion[truth[n]][predicted[n]]++;
            }
            Rng shuffles = draws.split("shuffle");
            FitHead.Fit blind = own.fit(
                    fitter,
                    shuffle(data.labels(Part.TRAIN), shuffles),
                    shuffle(data.labels(Part.VALIDATION), shuffles),
                    classes,
                    draws);
            shuffled.add(blind.head().predict(own.test), shuffle(truth, shuffles));
            progress.on("seed " + (i + 1) + " of " + spec.seeds() + ": true and shuffled labels");
        }
        Tally majority = new Tally(ProbeResult.MAJORITY, tested);
        int[] constant = new int[truth.length];
        Arrays.fill(constant, mostFrequent(data.labels(Part.TRAIN), classes));
        majority.add(constant, truth);

        Tally random = new Tally(ProbeResult.RANDOM_MODEL, tested);
        for (int i = 0; i < spec.randomModels(); i++) {
            Rng draws = rng.split("random model " + i);
            try (Parameters weights =
                    Parameters.initialise(model.backend(), model.config(), initStd, draws.split("weights"))) {
                Parted other = features(new Transformer(model.backend(), model.config(), weights), sites, data);
                FitHead.Fit fit =
                        other.fit(fitter, data.labels(Part.TRAIN), data.labels(Part.VALIDATION), classes, draws);
                random.add(fit.head().predict(other.test), truth);
            }
            progress.on("random weights " + (i + 1) + " of " + spec.randomModels());
        }
        FitHead.Fit best = fits.stream()
                .reduce((a, b) -> b.validationLoss() < a.validationLoss() ? b : a)
                .orElseThrow();
        Probe probe = new Probe(sites, spec.pool(), data.classes(), own.standardizer, best.head());
        return new Outcome(
                result(
                        words,
                        probe,
                        data,
                        accuracy.measure(),
                        shuffled.measure(),
                        majority.measure(),
                        random,
                        confusion),
                probe);
    }

    /** Standardised features of the three parts. */
    private record Parted(Standardizer standardizer, Matrix train, Matrix validation, Matrix test) {
        FitHead.Fit fit(FitHead fitter, int[] trainLabels, int[] validationLabels, int classes, Rng rng) {
            return fitter.fit(train, trainLabels, validation, validationLabels, classes, rng);
        }
    }

    private Parted features(Transformer model, List<Site> sites, ProbeData data) {
        Features features = new Features(model, sites, spec.pool());
        Matrix train = features.of(data.examples(Part.TRAIN));
        Standardizer standardizer = Standardizer.of(train);
        return new Parted(
                standardizer,
                standardizer.apply(train),
                standardizer.apply(features.of(data.examples(Part.VALIDATION))),
                standardizer.apply(features.of(data.examples(Part.TEST))));
    }

    private ProbeResult result(
            Words words,
            Probe probe,
            ProbeData data,
            Measure accuracy,
            Measure shuffled,
            Measure majority,
            Tally random,
            int[][] confusion) {
        List<Measure> measures = new ArrayList<>(List.of(accuracy, shuffled, majority));
        List<Difference> differences = new ArrayList<>();
        differences.add(difference(ProbeResult.SELECTIVITY, accuracy, shuffled));
        if (spec.randomModels() > 0) {
            Measure measured = random.measure();
            measures.add(measured);
            differences.add(difference(ProbeResult.OVER_RANDOM_MODEL, accuracy, measured));
        }
        Map<String, Map<String, Integer>> parts = new LinkedHashMap<>();
        Map<String, Integer> groups = new LinkedHashMap<>();
        for (Part part : Part.values()) {
            parts.put(part.key(), data.counts(part));
            Set<String> names = new HashSet<>();
            data.examples(part).forEach(example -> names.add(example.group()));
            groups.put(part.key(), names.size());
        }
        return new ProbeResult(
                words.name(),
                words.label(),
                words.model(),
                probe.sites().stream().map(Site::name).toList(),
                spec.pool().label(),
                spec.head().words(),
                probe.standardizer().width(),
                data.classes(),
                parts,
                groups,
                measures,
                differences,
                Arrays.stream(confusion)
                        .map(row -> IntStream.of(row).boxed().toList())
                        .toList());
    }

    /** Over as many seeds as both have; the i-th seed of one against the i-th of the other. */
    private static Difference difference(String kind, Measure measure, Measure control) {
        int seeds = Math.min(measure.perSeed().size(), control.perSeed().size());
        double[] a = new double[seeds];
        double[] b = new double[seeds];
        for (int i = 0; i < seeds; i++) {
            a[i] = control.perSeed().get(i);
            b[i] = measure.perSeed().get(i);
        }
        Summary summary = Summary.ofDifferences(a, b);
        Interval interval = seeds < 2 ? new Interval(summary.mean(), summary.mean()) : summary.interval();
        return new Difference(
                kind,
                summary.mean(),
                seeds < 2 ? Double.NaN : interval.low(),
                seeds < 2 ? Double.NaN : interval.high(),
                seeds);
    }

    private static int mostFrequent(int[] labels, int classes) {
        int[] counts = new int[classes];
        for (int label : labels) {
            counts[label]++;
        }
        return IntStream.range(0, classes)
                .reduce((a, b) -> counts[b] > counts[a] ? b : a)
                .orElseThrow();
    }

    private static int[] shuffle(int[] labels, Rng rng) {
        int[] order = rng.permutation(labels.length);
        return IntStream.of(order).map(i -> labels[i]).toArray();
    }
}
