package io.reprise.analysis.circuit.edges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Ablation.Direction;
import io.reprise.analysis.circuit.Ablation.Kind;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Receiver;
import io.reprise.analysis.circuit.Sender;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.nodes.NodeModel;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.backend.nd4j.Nd4jBackend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.DType;
import io.reprise.tensor.Rng;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Attribution where it must be exact, against small patches where it is a derivative, and its sum where that is known. */
class EdgeAttributionTest {
    private static final Unit DIRECT = new Unit.Edge(new Sender.Embedding(), new Receiver.Logits(0));

    /** Without norm, MLPs and scores a model is linear in what every edge carries. */
    @ParameterizedTest
    @CsvSource({"RESAMPLE, NOISING", "MEAN, NOISING", "ZERO, NOISING", "RESAMPLE, DENOISING"})
    void isExactForEveryEdgeOfALinearModel(Kind kind, Direction direction) {
        ModelConfig config = Toys.unscaled(Toys.learned(2, 2, Toys.Block.ATTENTION, Normalization.NONE));
        PairSet pairs = Toys.pairs(3, 21, 5, 2);
        for (Set<String> roles : List.of(Set.<String>of(), Set.of("sep"))) {
            Ablation ablation = new Ablation(kind, direction, roles);
            try (Backend cpu = new CpuBackend(2)) {
                checkExact(cpu, config, pairs, ablation, 1e-5); // both in float32, relative to the largest effect
            }
        }
    }

    private static void checkExact(
            Backend backend, ModelConfig config, PairSet pairs, Ablation ablation, double tolerance) {
        Transformer model = Toys.model(backend, config, 31);
        try (EdgeModel task = new EdgeModel(model, pairs, Metric.LOGIT_DIFFERENCE, ablation)) {
            Map<Unit, Double> exact =
                    new ExactEdgePatching(task).run(share -> {}).effects();
            for (int steps : new int[] {1, 3}) {
                Map<Unit, Double> estimated =
                        new EdgeAttribution(task, steps).run(share -> {}).effects();
                check(estimated, exact, tolerance);
            }
            long some = exact.values().stream()
                    .filter(effect -> Math.abs(effect) > 0.01)
                    .count();
            assertThat(some).as("edges that matter").isGreaterThan(5);
        }
    }

    /** Corrupt tokens whose embeddings are next to the clean ones make every patch a small step: there the slope is all. */
    @ParameterizedTest
    @EnumSource(Toys.Block.class)
    void isTheDerivativeOfExactPatchingInEveryKindOfModel(Toys.Block block) {
        try (Backend backend = new Nd4jBackend(DType.FLOAT64)) {
            for (Normalization normalization : Normalization.values()) {
                ModelConfig config = Toys.config(2, 2, block, normalization, Positions.ROTARY);
                Transformer model = new Transformer(backend, config, doubled(backend, config));
                Metric metric = normalization == Normalization.NONE ? Metric.PROBABILITY : Metric.LOGIT_DIFFERENCE;
                Ablation ablation = Ablation.of(Kind.RESAMPLE);
                try (EdgeModel task = new EdgeModel(model, neighbours(), metric, ablation)) {
                    EdgeScores scores = new EdgeAttribution(task).run(share -> {});
                    Map<Unit, Double> exact =
                            new ExactEdgePatching(task).run(share -> {}).effects();
                    check(scores.effects(), exact, 2e-3); // steps of 1e-4 times curvature
                    NodeModel nodes = new NodeModel(model, neighbours(), metric, ablation);
                    double own = nodes.score(nodes.universe().all());
                    scores.nodeEffects().forEach((node, effect) -> {
                        Set<Unit> rest = new LinkedHashSet<>(nodes.universe().units());
                        rest.remove(node);
                        assertThat(effect)
                                .as(node.name())
                                .isCloseTo(nodes.score(rest) - own, within(5e-3 * largest(exact)));
                    });
                }
            }
        }
    }

    /** The upper half of the vocabulary is the lower half, moved by 1e-4. */
    private static Parameters doubled(Backend backend, ModelConfig config) {
        Parameters plain = Toys.parameters(backend, config, 33);
        Rng rng = Rng.of(34);
        return Parameters.of(backend, config, (name, shape) -> {
            float[] values = backend.download(plain.get(name));
            if (name.equals(Parameters.EMBED)) {
                int half = Toys.VOCABULARY / 2 * config.dModel();
                for (int i = 0; i < half; i++) {
                    values[half + i] = values[i] + (float) (1e-4 * rng.nextGaussian());
                }
            }
            return values;
        });
    }

    private static PairSet neighbours() {
        int half = Toys.VOCABULARY / 2;
        PairSet random = Toys.pairs(2, 35, 4);
        return new PairSet(
                "neighbours",
                random.groups().stream()
                        .map(group -> new PairSet.Group(
                                group.roles(),
                                group.pairs().stream()
                                        .map(pair -> new PromptPair(
                                                pair.clean().stream()
                                                        .map(id -> id % half)
                                                        .toList(),
                                                pair.clean().stream()
                                                        .map(id -> id % half + half)
                                                        .toList(),
                                                pair.answer(),
                                                pair.wrong()))
                                        .toList()))
                        .toList());
    }

    /**
     * Only the embeddings move between the two ends, and all that they do goes through the edges out of them: these edges' integrals
     * add up to the whole change of the metric. Sums over steps do so up to an error that shrinks like 1 / steps.
     */
    @ParameterizedTest
    @CsvSource({"LOGIT_DIFFERENCE, NOISING", "PROBABILITY, NOISING", "KL, NOISING", "KL, DENOISING"})
    void integratedEdgesOutOfTheEmbeddingAddUpToTheChange(Metric metric, Direction direction) {
        try (Backend backend = new CpuBackend(2)) {
            ModelConfig config = Toys.learned(2, 2, Toys.Block.MLP, Normalization.LAYER_NORM);
            Transformer model = Toys.model(backend, config, 41);
            Ablation ablation = new Ablation(Kind.RESAMPLE, direction, Set.of());
            try (EdgeModel task = new EdgeModel(model, Toys.pairs(2, 42, 4), metric, ablation)) {
                boolean denoising = direction == Direction.DENOISING;
                Set<Unit> all = task.universe().all();
                double change = task.score(denoising ? all : Set.of()) - task.score(denoising ? Set.of() : all);
                double few = Math.abs(embeddings(task, 20) - change);
                double many = Math.abs(embeddings(task, 160) - change);
                assertThat(Math.abs(change)).isGreaterThan(0.02);
                assertThat(many).isLessThan(0.02 * Math.abs(change));
                assertThat(many).isLessThan(0.3 * few);
            }
        }
    }

    private static double embeddings(EdgeModel task, int steps) {
        return new EdgeAttribution(task, steps)
                .run(share -> {}).effects().entrySet().stream()
                        .filter(entry -> ((Unit.Edge) entry.getKey()).from() instanceof Sender.Embedding)
                        .mapToDouble(Map.Entry::getValue)
                        .sum();
    }

    /** Token 0 is read off the embedding alone: the only edge there is helps, by hand. */
    @Test
    void signsAreThoseOfTheChangeAndSupportIsPositiveForWhatHelps() {
        try (Backend backend = new CpuBackend(1)) {
            ModelConfig config = Toys.config(0, 1, Toys.Block.ATTENTION, Normalization.NONE, Positions.NONE);
            Transformer model = new Transformer(backend, config, Parameters.of(backend, config, (name, shape) -> {
                float[] values = new float[shape.size()];
                values[0] = name.equals(Parameters.EMBED) ? 1 : 2; // token 0 gives logit 2 to token 0, all else is 0
                return values;
            }));
            PairSet pair = new PairSet(
                    "one",
                    List.of(new PairSet.Group(List.of("x"), List.of(new PromptPair(List.of(0), List.of(1), 0, 1)))));
            EdgeScores noising = scores(model, pair, Metric.LOGIT_DIFFERENCE, Direction.NOISING, 1);
            assertThat(noising.effects()).containsOnly(Map.entry(DIRECT, -2.0));
            assertThat(noising.support(DIRECT)).isEqualTo(2);
            EdgeScores denoising = scores(model, pair, Metric.LOGIT_DIFFERENCE, Direction.DENOISING, 1);
            assertThat(denoising.effects()).containsOnly(Map.entry(DIRECT, 2.0));
            assertThat(denoising.support(DIRECT)).isEqualTo(2);
            for (Direction direction : Direction.values()) {
                EdgeScores kl = scores(model, pair, Metric.KL, direction, 100);
                assertThat(kl.effects().get(DIRECT) * (direction == Direction.NOISING ? 1 : -1))
                        .isPositive();
                assertThat(kl.support(DIRECT)).isPositive();
            }
        }
    }

    private static EdgeScores scores(Transformer model, PairSet pairs, Metric metric, Direction direction, int steps) {
        Ablation ablation = new Ablation(Kind.RESAMPLE, direction, Set.of());
        try (EdgeModel task = new EdgeModel(model, pairs, metric, ablation)) {
            return new EdgeAttribution(task, steps).run(share -> {});
        }
    }

    @Test
    void batchesChangeNothingButRounding() {
        try (Backend backend = new CpuBackend(2)) {
            ModelConfig config = Toys.learned(2, 2, Toys.Block.PARALLEL, Normalization.LAYER_NORM);
            Transformer model = Toys.model(backend, config, 51);
            PairSet pairs = Toys.pairs(5, 52, 4, 3);
            for (Kind kind : Kind.values()) {
                try (EdgeModel one = new EdgeModel(model, pairs, Metric.LOGIT_DIFFERENCE, Ablation.of(kind), 1);
                        EdgeModel all = new EdgeModel(model, pairs, Metric.LOGIT_DIFFERENCE, Ablation.of(kind))) {
                    assertThat(one.batches()).hasSize(10);
                    assertThat(all.batches()).hasSize(2);
                    check(
                            new EdgeAttribution(one, 2).run(share -> {}).effects(),
                            new EdgeAttribution(all, 2).run(share -> {}).effects(),
                            1e-5); // sums in float32, in another order
                }
            }
        }
    }

    @Test
    void refusesWhatHasNoSlopeAndNumbersThatAreNone() {
        try (Backend backend = new CpuBackend(1)) {
            ModelConfig config = Toys.learned(1, 1, Toys.Block.MLP, Normalization.LAYER_NORM);
            Transformer model = Toys.model(backend, config, 61);
            PairSet pairs = Toys.pairs(1, 62, 1);
            Ablation ablation = Ablation.of(Kind.RESAMPLE);
            try (EdgeModel kl = new EdgeModel(model, pairs, Metric.KL, ablation);
                    EdgeModel accuracy = new EdgeModel(model, pairs, Metric.ACCURACY, ablation);
                    EdgeModel difference = new EdgeModel(model, pairs, Metric.LOGIT_DIFFERENCE, ablation)) {
                assertThatThrownBy(() -> new EdgeAttribution(kl)).hasMessageContaining("EAP-IG");
                assertThatThrownBy(() -> new EdgeAttribution(accuracy, 5)).hasMessageContaining("flat");
                assertThatThrownBy(() -> new EdgeAttribution(difference, 0)).hasMessageContaining("steps = 0");
                assertThat(new EdgeAttribution(kl, 2).run(share -> {}).method()).isEqualTo("EAP-IG 2");
            }
            Transformer broken = new Transformer(backend, config, Parameters.of(backend, config, (name, shape) -> {
                float[] values = new float[shape.size()];
                values[0] = Float.NaN;
                return values;
            }));
            try (EdgeModel task = new EdgeModel(broken, pairs, Metric.LOGIT_DIFFERENCE, ablation)) {
                assertThatThrownBy(() -> new EdgeAttribution(task).run(share -> {}))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("NaN");
            }
        }
    }

    private static double largest(Map<Unit, Double> effects) {
        return effects.values().stream().mapToDouble(Math::abs).max().orElseThrow();
    }

    /** @param tolerance relative to the largest effect */
    private static void check(Map<Unit, Double> actual, Map<Unit, Double> expected, double tolerance) {
        assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
        double largest = largest(expected);
        assertThat(largest).isPositive();
        expected.forEach((edge, effect) ->
                assertThat(actual.get(edge)).as(edge.name()).isCloseTo(effect, within(tolerance * largest)));
    }
}
