package io.reprise.analysis.circuit.roles;

import io.reprise.backend.Backend;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Scores models' heads against models of the same shape with fresh initial weights, the twins. Twins are scored once per shape;
 * not thread-safe.
 */
public final class ScoreHeads {
    private final List<HeadScorer> scorers;
    private final RoleRule rule;
    private final double initStd;
    private final Rng rng;
    private final Map<ModelConfig, List<Map<HeadRole, double[][]>>> byShape = new HashMap<>();

    /** @param initStd standard deviation of the initial weights: the model's own at its first step */
    public ScoreHeads(List<HeadScorer> scorers, RoleRule rule, double initStd, Rng rng) {
        this.scorers = List.copyOf(scorers);
        this.rule = rule;
        this.initStd = initStd;
        this.rng = rng;
    }

    /** @throws IllegalArgumentException if the rule has too few twins for its level */
    public HeadScores run(Transformer model) {
        rule.requireEnough(model.config().nHeads());
        Map<HeadRole, double[][]> own = score(model);
        List<Map<HeadRole, double[][]>> twins =
                byShape.computeIfAbsent(model.config(), shape -> IntStream.range(0, rule.twins())
                        .mapToObj(i -> twin(model.backend(), shape, i))
                        .toList());
        List<HeadScore> scores = new ArrayList<>();
        List<HeadScores.Largest> largest = new ArrayList<>();
        own.forEach((role, values) -> {
            List<double[][]> random = twins.stream().map(twin -> twin.get(role)).toList();
            for (int layer = 0; layer < values.length; layer++) {
                int at = layer;
                double[] draws = random.stream()
                        .flatMapToDouble(twin -> Arrays.stream(twin[at]))
                        .toArray();
                for (int head = 0; head < values[layer].length; head++) {
                    scores.add(score(layer, head, role, values[layer][head], draws));
                }
            }
            if (values.length > 0) {
                largest.add(largest(role, values, random));
            }
        });
        return new HeadScores(rule, scores, largest);
    }

    private Map<HeadRole, double[][]> twin(Backend backend, ModelConfig shape, int i) {
        try (Parameters weights = Parameters.initialise(backend, shape, initStd, rng.split("twin " + i))) {
            return score(new Transformer(backend, shape, weights));
        }
    }

    private Map<HeadRole, double[][]> score(Transformer model) {
        Map<HeadRole, double[][]> all = new EnumMap<>(HeadRole.class);
        scorers.forEach(scorer -> all.putAll(scorer.score(model)));
        return all;
    }

    private static HeadScore score(int layer, int head, HeadRole role, double value, double[] draws) {
        double mean = Arrays.stream(draws).average().orElseThrow();
        double squares =
                Arrays.stream(draws).map(draw -> (draw - mean) * (draw - mean)).sum();
        long below = Arrays.stream(draws).filter(draw -> draw < value).count();
        long reached = Arrays.stream(draws).filter(draw -> draw >= value).count();
        double ties = draws.length
                - below
                - Arrays.stream(draws).filter(draw -> draw > value).count();
        return new HeadScore(
                layer,
                head,
                role,
                value,
                mean,
                Math.sqrt(squares / Math.max(1, draws.length - 1)),
                100 * (below + ties / 2) / draws.length,
                (1.0 + reached) / (1 + draws.length),
                mean > 1 - 1e-6 ? 0 : (value - mean) / (1 - mean));
    }

    private static HeadScores.Largest largest(HeadRole role, double[][] values, List<double[][]> random) {
        double observed = max(values);
        double[] maxima = random.stream().mapToDouble(ScoreHeads::max).toArray();
        long reached = Arrays.stream(maxima).filter(max -> max >= observed).count();
        return new HeadScores.Largest(
                role, observed, Arrays.stream(maxima).average().orElseThrow(), (1.0 + reached) / (1 + maxima.length));
    }

    private static double max(double[][] values) {
        return Arrays.stream(values).flatMapToDouble(Arrays::stream).max().orElseThrow();
    }
}
