package io.reprise.analysis.overlap.within;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Unit;
import io.reprise.stats.Hypergeometric;
import io.reprise.stats.RankBiasedOverlap;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleBiFunction;
import org.apache.commons.math3.stat.correlation.KendallsCorrelation;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/**
 * How alike two circuits' scores are, without a threshold. The null permutes one circuit's scores among units of the same type and
 * layer. Weighted Jaccard, the rank correlations, rank-biased overlap and the area under J*(k) are of |score|; cosine and sign
 * agreement of the signed scores.
 */
public final class ScoreOverlap {
    private static final double PERSISTENCE = 0.9;
    private static final int DEPTHS = 50;
    /** Sums in another order differ in the last digits: that near counts as reached. */
    private static final double EQUAL = 1e-12;

    private final int draws;
    private final Rng rng;

    /** @param draws permutations: the smallest p is 1 / (draws + 1) */
    public ScoreOverlap(int draws, Rng rng) {
        if (draws < 1) {
            throw new IllegalArgumentException("draws = " + draws + "; expected 1 or more, better 999");
        }
        this.draws = draws;
        this.rng = rng;
    }

    /**
     * One measure.
     *
     * @param value empty where it is not defined, as the cosine with scores that are all 0
     * @param chance its mean over permutations, where defined
     * @param p (1 + permutations that reach the value) / (1 + permutations); empty where value is
     */
    public record Measure(Optional<Double> value, Optional<Double> chance, Optional<Double> p) {}

    /**
     * All measures.
     *
     * @param units that both circuits score
     * @param measures by name, in a fixed order
     * @param problem why p says nothing; empty if it says something
     */
    public record Result(int units, Map<String, Measure> measures, Optional<String> problem) {}

    /** @throws IllegalArgumentException if the circuits are of different models or units, or have no two scored units in common */
    public Result of(Circuit one, Circuit other) {
        StructuralOverlap.requireSame(one, other);
        List<Unit> units = one.universe().units().stream()
                .filter(unit -> one.scores().containsKey(unit) && other.scores().containsKey(unit))
                .toList();
        if (units.size() < 2) {
            throw new IllegalArgumentException(one.name() + " and " + other.name() + " both score " + units.size()
                    + " units; expected 2 or more: published lists have no scores");
        }
        double[] a = units.stream().mapToDouble(one.scores()::get).toArray();
        double[] b = units.stream().mapToDouble(other.scores()::get).toArray();
        Map<String, List<Integer>> strata = new LinkedHashMap<>();
        for (int i = 0; i < units.size(); i++) {
            strata.computeIfAbsent(units.get(i).stratum(), key -> new ArrayList<>())
                    .add(i);
        }
        Rng random = rng.split("score-overlap");
        List<double[]> permuted = new ArrayList<>();
        for (int draw = 0; draw < draws; draw++) {
            permuted.add(permute(b, strata, random));
        }
        Map<String, Measure> measures = new LinkedHashMap<>();
        measures(a.length).forEach((name, measure) -> measures.put(name, measured(measure, a, b, permuted)));
        boolean free = strata.values().stream()
                .anyMatch(members ->
                        members.stream().mapToDouble(i -> b[i]).distinct().count() > 1);
        return new Result(
                units.size(),
                Collections.unmodifiableMap(measures),
                free
                        ? Optional.empty()
                        : Optional.of("not identifiable: permuting scores within types and layers changes nothing"));
    }

    private static Map<String, ToDoubleBiFunction<double[], double[]>> measures(int n) {
        Map<Integer, Double> expected = new LinkedHashMap<>();
        int step = Math.max(1, n / DEPTHS);
        for (int k = 1; k < n; k += step) {
            int size = k;
            expected.put(k, Hypergeometric.of(n, k, k).expectation(x -> x / (2.0 * size - x)));
        }
        Map<String, ToDoubleBiFunction<double[], double[]>> all = new LinkedHashMap<>();
        all.put("weighted_jaccard", (a, b) -> weightedJaccard(absolute(a), absolute(b)));
        all.put("cosine", (a, b) -> dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)));
        all.put("sign_agreement", ScoreOverlap::signs);
        all.put("spearman", (a, b) -> new SpearmansCorrelation().correlation(absolute(a), absolute(b)));
        all.put("kendall_tau_b", (a, b) -> new KendallsCorrelation().correlation(absolute(a), absolute(b)));
        all.put("rank_biased_overlap", (a, b) -> RankBiasedOverlap.of(absolute(a), absolute(b), PERSISTENCE));
        all.put("adjusted_jaccard_area", (a, b) -> area(absolute(a), absolute(b), expected));
        return all;
    }

    private static Measure measured(
            ToDoubleBiFunction<double[], double[]> measure, double[] a, double[] b, List<double[]> permuted) {
        double value = measure.applyAsDouble(a, b);
        if (!Double.isFinite(value)) {
            return new Measure(Optional.empty(), Optional.empty(), Optional.empty());
        }
        double[] drawn = permuted.stream()
                .mapToDouble(scores -> measure.applyAsDouble(a, scores))
                .filter(Double::isFinite)
                .toArray();
        long reached = Arrays.stream(drawn).filter(one -> one >= value - EQUAL).count();
        // a permutation for which the measure is not defined counts against the finding
        double undefined = (double) permuted.size() - drawn.length;
        return new Measure(
                Optional.of(value),
                Arrays.stream(drawn).average().stream().boxed().findFirst(),
                Optional.of((1.0 + reached + undefined) / (1.0 + (double) permuted.size())));
    }

    private static double[] permute(double[] scores, Map<String, List<Integer>> strata, Rng random) {
        double[] permuted = scores.clone();
        for (List<Integer> members : strata.values()) {
            for (int i = members.size() - 1; i > 0; i--) {
                int from = members.get(i);
                int to = members.get(random.nextInt(i + 1));
                double kept = permuted[from];
                permuted[from] = permuted[to];
                permuted[to] = kept;
            }
        }
        return permuted;
    }

    /** Of L1-normed scores: sum of the smaller over sum of the larger. */
    private static double weightedJaccard(double[] a, double[] b) {
        double sumA = Arrays.stream(a).sum();
        double sumB = Arrays.stream(b).sum();
        double smaller = 0;
        double larger = 0;
        for (int i = 0; i < a.length; i++) {
            smaller += Math.min(a[i] / sumA, b[i] / sumB);
            larger += Math.max(a[i] / sumA, b[i] / sumB);
        }
        return smaller / larger;
    }

    /** Share of equal signs where neither score is 0. */
    private static double signs(double[] a, double[] b) {
        int equal = 0;
        int all = 0;
        for (int i = 0; i < a.length; i++) {
            if (a[i] != 0 && b[i] != 0) {
                all++;
                equal += Math.signum(a[i]) == Math.signum(b[i]) ? 1 : 0;
            }
        }
        return (double) equal / all;
    }

    /** Mean of J*(k) over those k for which the k highest are told by the scores, not by how ties are broken. */
    private static double area(double[] a, double[] b, Map<Integer, Double> expected) {
        double[] sortedA = a.clone();
        double[] sortedB = b.clone();
        Arrays.sort(sortedA);
        Arrays.sort(sortedB);
        int n = a.length;
        double sum = 0;
        int depths = 0;
        for (Map.Entry<Integer, Double> depth : expected.entrySet()) {
            int k = depth.getKey();
            double lastA = sortedA[n - k];
            double lastB = sortedB[n - k];
            if (lastA > sortedA[n - k - 1] && lastB > sortedB[n - k - 1]) {
                int shared = 0;
                for (int i = 0; i < n; i++) {
                    shared += a[i] >= lastA && b[i] >= lastB ? 1 : 0;
                }
                sum += (shared / (2.0 * k - shared) - depth.getValue()) / (1 - depth.getValue());
                depths++;
            }
        }
        return sum / depths;
    }

    private static double[] absolute(double[] scores) {
        return Arrays.stream(scores).map(Math::abs).toArray();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
