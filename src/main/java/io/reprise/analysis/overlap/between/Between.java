package io.reprise.analysis.overlap.between;

import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.correlation.KendallsCorrelation;

/** Compares the circuits of two models that may differ in depth, width and numbers of heads. */
public final class Between {
    /** A pair no more alike than half of the null's pairs is no match. */
    private static final double FEWEST_SIMILARITY = 0.5;

    /** Flows below a thousandth of the importance are blur. */
    private static final double BLUR = 1e-3;

    private final Set<SignatureChannel> wanted;
    private final Rng rng;

    /** By identity: a side takes part in many comparisons, and its distance to itself is the same in all. */
    private final Map<Side, Double> selves = new ConcurrentHashMap<>();

    /**
     * @param channels to compare
     * @param rng for the null; the same for every comparison that is to be set against another
     */
    public Between(Set<SignatureChannel> channels, Rng rng) {
        this.wanted = Set.copyOf(channels);
        this.rng = rng.split("between");
    }

    /** With all channels. */
    public Between(Rng rng) {
        this(Set.of(SignatureChannel.values()), rng);
    }

    /** @throws IllegalArgumentException if they were read on different prompts, or one has no important component */
    public BetweenResult compare(Side a, Side b) {
        int prompts = a.signatures().components().get(0).prompts();
        int others = b.signatures().components().get(0).prompts();
        if (prompts != others) {
            throw new IllegalArgumentException("the sides were read on " + prompts + " and " + others
                    + " prompts; expected the same prompts in the same order");
        }
        if (a.edges().isPresent() != b.edges().isPresent()) {
            throw new IllegalArgumentException("one side has edges and the other has none; give both, or neither");
        }
        Likeness both = likeness(a, b);
        FusedTransport.Plan plan = transport(a, b, both);
        double selfA = self(a);
        double selfB = self(b);
        List<BetweenResult.Match> matches = new ArrayList<>();
        List<double[]> depths = new ArrayList<>();
        int[] partner = Assignment.withDummies(both.gains());
        for (int u = 0; u < partner.length; u++) {
            if (partner[u] >= 0) {
                matches.add(both.match(u, partner[u]));
                depths.add(new double[] {
                    both.a.get(u).depth(), both.b.get(partner[u]).depth()
                });
            }
        }
        return new BetweenResult(
                both.channels(partner),
                matches,
                flows(both, plan),
                plan.value() - selfA / 2 - selfB / 2,
                plan.value(),
                selfA,
                selfB,
                plan.flows().total(),
                a.edges().isPresent(),
                tau(depths));
    }

    private double self(Side side) {
        return selves.computeIfAbsent(
                side, key -> transport(side, side, likeness(side, side)).value());
    }

    private Likeness likeness(Side a, Side b) {
        return new Likeness(a, b, Calibration.of(a, b, rng), wanted);
    }

    private static FusedTransport.Plan transport(Side a, Side b, Likeness likeness) {
        return FusedTransport.best(
                likeness.mean,
                a.edges().map(edges -> of(edges, likeness.rows, likeness.rows)),
                b.edges().map(edges -> of(edges, likeness.columns, likeness.columns)),
                Arrays.stream(likeness.rows)
                        .mapToDouble(u -> likeness.massesA[u])
                        .toArray(),
                Arrays.stream(likeness.columns)
                        .mapToDouble(v -> likeness.massesB[v])
                        .toArray());
    }

    private static List<BetweenResult.Flow> flows(Likeness likeness, FusedTransport.Plan plan) {
        List<BetweenResult.Flow> flows = new ArrayList<>();
        for (int u = 0; u < likeness.a.size(); u++) {
            for (int v = 0; v < likeness.b.size(); v++) {
                double mass = plan.flows().at(u, v);
                if (mass >= BLUR) {
                    flows.add(new BetweenResult.Flow(
                            likeness.a.get(u).unit().name(),
                            likeness.b.get(v).unit().name(),
                            mass));
                }
            }
        }
        flows.sort(Comparator.comparingDouble(BetweenResult.Flow::mass).reversed());
        return flows;
    }

    private static Optional<Double> tau(List<double[]> depths) {
        if (depths.size() < 2) {
            return Optional.empty();
        }
        double tau = new KendallsCorrelation()
                .correlation(
                        depths.stream().mapToDouble(pair -> pair[0]).toArray(),
                        depths.stream().mapToDouble(pair -> pair[1]).toArray());
        return Double.isNaN(tau) ? Optional.empty() : Optional.of(tau);
    }

    private static double[][] of(double[][] matrix, int[] rows, int[] columns) {
        return Arrays.stream(rows)
                .mapToObj(row -> Arrays.stream(columns)
                        .mapToDouble(column -> matrix[row][column])
                        .toArray())
                .toArray(double[][]::new);
    }

    /** How alike the components with any importance are. */
    private static final class Likeness {
        private final int[] rows;
        private final int[] columns;
        private final List<Signature> a;
        private final List<Signature> b;
        private final double[] massesA;
        private final double[] massesB;
        private final Calibration calibration;
        private final Map<SignatureChannel, double[][]> tables = new EnumMap<>(SignatureChannel.class);
        private final double[][] mean;

        Likeness(Side a, Side b, Calibration calibration, Set<SignatureChannel> wanted) {
            this.massesA = a.masses();
            this.massesB = b.masses();
            this.rows = important(massesA);
            this.columns = important(massesB);
            this.a = pick(a.signatures(), rows);
            this.b = pick(b.signatures(), columns);
            this.calibration = calibration;
            calibration.channels().stream()
                    .filter(wanted::contains)
                    .forEach(channel -> tables.put(channel, calibration.table(channel, this.a, this.b)));
            if (tables.isEmpty()) {
                throw new IllegalArgumentException("none of the channels asked for has a null: asked for "
                        + wanted.stream().map(SignatureChannel::key).sorted().toList() + ", calibrated are "
                        + calibration.channels().stream()
                                .map(SignatureChannel::key)
                                .toList());
            }
            this.mean = Calibration.mean(List.copyOf(tables.values()));
        }

        private static int[] important(double[] masses) {
            return IntStream.range(0, masses.length).filter(i -> masses[i] > 0).toArray();
        }

        private static List<Signature> pick(Signatures signatures, int[] chosen) {
            return Arrays.stream(chosen).mapToObj(signatures.components()::get).toList();
        }

        /** Weighted by importance, so that what hardly matters can't take the partner of what does. */
        double[][] gains() {
            double[][] gains = new double[rows.length][columns.length];
            for (int u = 0; u < rows.length; u++) {
                for (int v = 0; v < columns.length; v++) {
                    gains[u][v] = Math.sqrt(massesA[rows[u]] * massesB[columns[v]]) * (mean[u][v] - FEWEST_SIMILARITY);
                }
            }
            return gains;
        }

        BetweenResult.Match match(int u, int v) {
            Map<String, Double> percentiles = new LinkedHashMap<>();
            tables.forEach((channel, table) -> {
                if (!Double.isNaN(table[u][v])) {
                    percentiles.put(channel.key(), table[u][v]);
                }
            });
            return new BetweenResult.Match(
                    a.get(u).unit().name(),
                    b.get(v).unit().name(),
                    mean[u][v],
                    Math.min(massesA[rows[u]], massesB[columns[v]]),
                    percentiles);
        }

        Map<String, BetweenResult.ChannelSummary> channels(int[] partner) {
            Map<String, BetweenResult.ChannelSummary> summaries = new LinkedHashMap<>();
            tables.forEach((channel, table) -> {
                int pairs = (int) Arrays.stream(table)
                        .flatMapToDouble(Arrays::stream)
                        .filter(x -> !Double.isNaN(x))
                        .count();
                double[] matched = IntStream.range(0, partner.length)
                        .filter(u -> partner[u] >= 0 && !Double.isNaN(table[u][partner[u]]))
                        .mapToDouble(u -> table[u][partner[u]])
                        .toArray();
                summaries.put(
                        channel.key(),
                        new BetweenResult.ChannelSummary(
                                calibration.size(channel),
                                pairs,
                                matched.length == 0
                                        ? Optional.empty()
                                        : Optional.of(
                                                Arrays.stream(matched).average().orElseThrow())));
            });
            return summaries;
        }
    }
}
