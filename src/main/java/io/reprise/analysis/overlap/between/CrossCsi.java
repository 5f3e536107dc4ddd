package io.reprise.analysis.overlap.between;

import io.reprise.stats.Interval;
import io.reprise.stats.Summary;
import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * X-CSI = (D_null − D) / (D_null − D_ceiling): 0 for circuits as far apart as unrelated ones, 1 for circuits as close as those of
 * two seeds of one architecture. Its interval comes from resampling models and then prompts: models with replacement, a pair as
 * often as both its models were drawn (Owen 2007, The pigeonhole bootstrap), and for each draw one of the pair's halves of the
 * prompts.
 */
public final class CrossCsi {
    private static final int REDRAWS = 1000;

    private final Rng rng;
    private final int resamples;

    public CrossCsi(int resamples, Rng rng) {
        if (resamples < 100) {
            throw new IllegalArgumentException(
                    "resamples = " + resamples + "; expected 100 or more for a 95% interval");
        }
        this.resamples = resamples;
        this.rng = rng.split("x-csi");
    }

    /**
     * X-CSI, or why there is none.
     *
     * @param value empty if null and ceiling can't be told apart
     * @param interval 95%; empty where {@code value} is
     * @param distance over the pairs in question
     * @param nulls over unrelated pairs
     * @param ceilings over seeds of one architecture
     * @param gap D_null − D_ceiling
     * @param gapError its standard error
     * @param reason why there is no value; empty if there is one
     */
    public record Result(
            Optional<Double> value,
            Optional<Interval> interval,
            Summary distance,
            Summary nulls,
            Summary ceilings,
            double gap,
            double gapError,
            Optional<String> reason) {}

    /**
     * @param pairs distances of the two models in question, over their seeds
     * @param nulls distances of matched random circuits, untrained twins or circuits of unrelated tasks
     * @param ceilings distances between seeds of one architecture
     */
    public Result of(List<SeedPair> pairs, List<SeedPair> nulls, List<SeedPair> ceilings) {
        return ofKinds(pairs, List.of(nulls), ceilings);
    }

    /**
     * The same with several kinds of null, each of which weighs the same: D_null is the mean of theirs, in every resample, too, since how
     * much of each kind there is is not left to chance.
     *
     * @param kinds distances of unrelated pairs, a list for each kind
     */
    public Result ofKinds(List<SeedPair> pairs, List<List<SeedPair>> kinds, List<SeedPair> ceilings) {
        require("pair in question", pairs, 1);
        kinds.forEach(nulls -> require("null pairs", nulls, 2));
        require("ceiling pairs", ceilings, 2);
        double distance = mean(pairs);
        double none = kinds.stream().mapToDouble(CrossCsi::mean).average().orElseThrow();
        double gap = none - mean(ceilings);
        double[][] draws = new double[resamples][];
        for (int r = 0; r < resamples; r++) {
            Rng own = rng.split("resample " + r);
            double drawn = 0;
            for (int kind = 0; kind < kinds.size(); kind++) {
                drawn += resampled(kinds.get(kind), own.split(kind == 0 ? "null" : "null " + kind)) / kinds.size();
            }
            double most = resampled(ceilings, own.split("ceiling"));
            draws[r] = new double[] {drawn - most, drawn - resampled(pairs, own.split("pairs"))};
        }
        double error = Summary.of(
                        Arrays.stream(draws).mapToDouble(draw -> draw[0]).toArray())
                .sd();
        long upsideDown = Arrays.stream(draws).filter(draw -> !(draw[0] > 0)).count();
        Optional<String> reason = Optional.empty();
        if (!(gap > 2 * error)) {
            reason = Optional.of("not identifiable: null and ceiling are less than two standard errors apart");
        } else if (upsideDown > resamples * 0.025) {
            reason = Optional.of("not identifiable: in more than 2.5% of the resamples the null is below the ceiling");
        }
        return new Result(
                reason.isPresent() ? Optional.empty() : Optional.of((none - distance) / gap),
                reason.isPresent() ? Optional.empty() : Optional.of(interval(draws)),
                summary(pairs),
                summary(kinds.stream().flatMap(List::stream).toList()),
                summary(ceilings),
                gap,
                error,
                reason);
    }

    private static Interval interval(double[][] draws) {
        double[] ratios = Arrays.stream(draws)
                .filter(draw -> draw[0] > 0)
                .mapToDouble(draw -> draw[1] / draw[0])
                .sorted()
                .toArray();
        int tail = (int) (0.025 * ratios.length);
        return new Interval(ratios[tail], ratios[ratios.length - 1 - tail]);
    }

    private static double resampled(List<SeedPair> pairs, Rng rng) {
        Set<String> first = new TreeSet<>(pairs.stream().map(SeedPair::first).toList());
        Set<String> second = new TreeSet<>(pairs.stream().map(SeedPair::second).toList());
        boolean onePool = first.stream().anyMatch(second::contains);
        if (onePool) {
            first.addAll(second);
        }
        for (int draw = 0; draw < REDRAWS; draw++) {
            Map<String, Integer> left = counts(first, rng);
            Map<String, Integer> right = onePool ? left : counts(second, rng);
            double sum = 0;
            double weight = 0;
            for (SeedPair pair : pairs) {
                int times = left.getOrDefault(pair.first(), 0) * right.getOrDefault(pair.second(), 0);
                for (int i = 0; i < times; i++) {
                    sum += pair.distance() + deviation(pair, rng);
                }
                weight += times;
            }
            if (weight > 0) {
                return sum / weight;
            }
        }
        throw new IllegalStateException(
                "no resample in " + REDRAWS + " drew both models of any pair of " + pairs.size());
    }

    /** What another choice of prompts would have changed: on fewer prompts all distances are larger, so halves count as deviations. */
    private static double deviation(SeedPair pair, Rng rng) {
        List<Double> halves = pair.halves();
        double mean = halves.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        return halves.isEmpty() ? 0 : halves.get(rng.nextInt(halves.size())) - mean;
    }

    private static Map<String, Integer> counts(Set<String> names, Rng rng) {
        List<String> pool = List.copyOf(names);
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < pool.size(); i++) {
            counts.merge(pool.get(rng.nextInt(pool.size())), 1, Integer::sum);
        }
        return counts;
    }

    private static void require(String what, List<SeedPair> pairs, int fewest) {
        if (pairs.size() < fewest) {
            throw new IllegalArgumentException(pairs.size() + " " + what + " given; expected " + fewest
                    + " or more, since X-CSI stands between a null and a ceiling that are known with their errors");
        }
    }

    private static double mean(List<SeedPair> pairs) {
        return summary(pairs).mean();
    }

    private static Summary summary(List<SeedPair> pairs) {
        return Summary.of(pairs.stream().mapToDouble(SeedPair::distance).toArray());
    }
}
