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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
     * @param curve its validation loss by step
     */
    public record Outcome(ProbeResult result, Probe probe, Map<Integer, Double> curve) {}

    public ProbeStudy(ProbeSpec spec, Progress progress) {
        this.spec = spec;
        this.progress = progress;
    }

    /**
     * @param sites the spec's, as the model knows them
     * @param initStd standard deviation of the random models' weights
     * @param seed of everything that is drawn here
     * @throws IllegalArgumentException if a site can't be probed, or an example is nothing that the model can read
     */
    public Outcome run(Transformer model, List<Site> sites, double initStd, ProbeData data, Words words, long seed) {
        Rng rng = Rng.of(seed).split("probe");
        List<LabelledExample> tested = data.examples(Part.TEST);
        int classes = data.classes().size();
        Fitted own = new Fitted(model, sites, spec, data);

        Tally accuracy = new Tally(ProbeResult.ACCURACY, tested);
        Tally shuffled = new Tally(ProbeResult.SHUFFLED, tested);
        List<List<Integer>> confusion = new ArrayList<>();
        IntStream.range(0, classes).forEach(c -> confusion.add(new ArrayList<>(Collections.nCopies(classes, 0))));
        FitHead.Fit best = null;
        for (int i = 0; i < spec.seeds(); i++) {
            Rng draws = rng.split("seed " + i);
            Fitted.Answers answers = own.fit(draws);
            accuracy.add(answers.predicted(), answers.truth());
            for (int n = 0; n < tested.size(); n++) {
                List<Integer> row = confusion.get(answers.truth()[n]);
                row.set(answers.predicted()[n], row.get(answers.predicted()[n]) + 1);
            }
            boolean better = best == null || answers.fit().validationLoss() < best.validationLoss();
            best = better ? answers.fit() : best;
            Fitted.Answers blind = own.fitShuffled(draws);
            shuffled.add(blind.predicted(), blind.truth());
            progress.on("seed " + (i + 1) + " of " + spec.seeds() + ", true and shuffled labels");
        }
        List<Measure> measures = new ArrayList<>(List.of(accuracy.measure(), shuffled.measure(), majority(data)));
        List<Difference> differences = new ArrayList<>();
        differences.add(difference(ProbeResult.SELECTIVITY, measures.get(0), measures.get(1)));
        if (spec.randomModels() > 0) {
            Measure random = randomModels(model, initStd, sites, data, rng);
            measures.add(random);
            differences.add(difference(ProbeResult.OVER_RANDOM_MODEL, measures.get(0), random));
        }
        Probe probe = new Probe(sites, spec.pool(), data.classes(), own.standardizer(), best.head());
        return new Outcome(result(words, probe, data, measures, differences, confusion), probe, best.curve());
    }

    private Measure majority(ProbeData data) {
        int[] counts = new int[data.classes().size()];
        for (int label : data.labels(Part.TRAIN)) {
            counts[label]++;
        }
        int largest = IntStream.range(0, counts.length)
                .reduce((a, b) -> counts[b] > counts[a] ? b : a)
                .orElseThrow();
        int[] truth = data.labels(Part.TEST);
        int[] constant = new int[truth.length];
        Arrays.fill(constant, largest);
        Tally tally = new Tally(ProbeResult.MAJORITY, data.examples(Part.TEST));
        tally.add(constant, truth);
        return tally.measure();
    }

    private Measure randomModels(Transformer model, double initStd, List<Site> sites, ProbeData data, Rng rng) {
        Tally tally = new Tally(ProbeResult.RANDOM_MODEL, data.examples(Part.TEST));
        for (int i = 0; i < spec.randomModels(); i++) {
            Rng draws = rng.split("random model " + i);
            try (Parameters weights =
                    Parameters.initialise(model.backend(), model.config(), initStd, draws.split("weights"))) {
                Transformer other = new Transformer(model.backend(), model.config(), weights);
                Fitted.Answers answers = new Fitted(other, sites, spec, data).fit(draws);
                tally.add(answers.predicted(), answers.truth());
            }
            progress.on("random weights " + (i + 1) + " of " + spec.randomModels());
        }
        return tally.measure();
    }

    private ProbeResult result(
            Words words,
            Probe probe,
            ProbeData data,
            List<Measure> measures,
            List<Difference> differences,
            List<List<Integer>> confusion) {
        Map<String, Map<String, Integer>> parts = new LinkedHashMap<>();
        Map<String, Integer> groups = new LinkedHashMap<>();
        for (Part part : Part.values()) {
            parts.put(part.key(), data.counts(part));
            groups.put(part.key(), (int) data.examples(part).stream()
                    .map(LabelledExample::group)
                    .distinct()
                    .count());
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
                confusion);
    }

    /** Over as many seeds as both have; the i-th seed of one against the i-th of the other. */
    private static Difference difference(String kind, Measure measure, Measure control) {
        int seeds = Math.min(measure.perSeed().size(), control.perSeed().size());
        double[] controls = new double[seeds];
        double[] measures = new double[seeds];
        for (int i = 0; i < seeds; i++) {
            controls[i] = control.perSeed().get(i);
            measures[i] = measure.perSeed().get(i);
        }
        Summary summary = Summary.ofDifferences(controls, measures);
        if (seeds < 2) {
            return new Difference(kind, summary.mean(), Double.NaN, Double.NaN, seeds);
        }
        Interval interval = summary.interval();
        return new Difference(kind, summary.mean(), interval.low(), interval.high(), seeds);
    }
}
