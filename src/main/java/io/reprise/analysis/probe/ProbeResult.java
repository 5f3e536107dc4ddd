package io.reprise.analysis.probe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a probe found, and what its controls found.
 *
 * @param name of the probe, in metrics
 * @param label what the classes are, in words
 * @param model what was probed, in words
 * @param sites names, in the order of the features
 * @param pool in words
 * @param head in words
 * @param features how wide the head's input is
 * @param classes the labels
 * @param parts examples by class, of each part: train, validation, test
 * @param groups groups of each part
 * @param measures accuracies on the test part, the probe's own first
 * @param differences between them, over seeds
 * @param confusion [true class][predicted class]: test examples over all heads fitted to the true labels
 */
public record ProbeResult(
        String name,
        String label,
        String model,
        List<String> sites,
        String pool,
        String head,
        int features,
        List<String> classes,
        Map<String, Map<String, Integer>> parts,
        Map<String, Integer> groups,
        List<Measure> measures,
        List<Difference> differences,
        List<List<Integer>> confusion) {
    /** The measure of the probe itself. */
    public static final String ACCURACY = "accuracy";

    public static final String SHUFFLED = "shuffled_accuracy";
    public static final String MAJORITY = "majority";
    public static final String RANDOM_MODEL = "random_model_accuracy";
    public static final String FINE_TUNED = "fine_tuned_accuracy";
    public static final String SELECTIVITY = "selectivity";
    public static final String OVER_RANDOM_MODEL = "over_random_model";

    /**
     * An accuracy on the test part.
     *
     * @param kind one of the constants
     * @param correct right answers over all seeds
     * @param total answers over all seeds
     * @param low 95% Wilson interval over test examples, a group's answers of all seeds being one cluster: lower end
     * @param high upper end
     * @param perSeed the accuracy of each seed
     */
    public record Measure(String kind, long correct, long total, double low, double high, List<Double> perSeed) {
        public Measure {
            perSeed = List.copyOf(perSeed);
        }

        /** correct/total. */
        public double accuracy() {
            return (double) correct / total;
        }
    }

    /**
     * The probe's accuracy less a control's, seed by seed.
     *
     * @param kind selectivity (less shuffled labels; Hewitt and Liang 2019) or over_random_model
     * @param mean over seeds
     * @param low 95% Student interval of the mean over seeds, NaN for one seed
     * @param high upper end, NaN for one seed
     * @param seeds how many
     */
    public record Difference(String kind, double mean, double low, double high, int seeds) {}

    public ProbeResult {
        sites = List.copyOf(sites);
        classes = List.copyOf(classes);
        parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
        groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
        measures = List.copyOf(measures);
        differences = List.copyOf(differences);
        List<List<Integer>> rows = new ArrayList<>();
        confusion.forEach(row -> rows.add(List.copyOf(row)));
        confusion = List.copyOf(rows);
    }

    public Optional<Measure> measure(String kind) {
        return measures.stream().filter(measure -> measure.kind().equals(kind)).findFirst();
    }

    /** Examples in a part. */
    public int size(Part part) {
        return parts.get(part.key()).values().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    /** Flat, for trackers and expectations: {@code probe/<name>/accuracy} … */
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        measures.forEach(measure -> metrics.put("probe/" + name + "/" + measure.kind(), measure.accuracy()));
        differences.forEach(difference -> metrics.put("probe/" + name + "/" + difference.kind(), difference.mean()));
        return metrics;
    }

    /** With one measure more. */
    public ProbeResult with(Measure measure) {
        List<Measure> more = new ArrayList<>(measures);
        more.add(measure);
        return new ProbeResult(
                name, label, model, sites, pool, head, features, classes, parts, groups, more, differences, confusion);
    }
}
