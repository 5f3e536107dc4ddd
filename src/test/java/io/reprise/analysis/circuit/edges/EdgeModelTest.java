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
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.backend.nd4j.Nd4jBackend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Activations;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.Parameters;
import io.reprise.model.Site;
import io.reprise.model.StreamParts;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.DType;
import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Edge sets against the model itself, against the ablation's own run, and against edges by definition in plain doubles. */
class EdgeModelTest {
    /** Logits of order 1 to 10 through two blocks in float32. */
    private static final double FLOAT32 = 1e-4;

    private static final PairSet PAIRS = Toys.pairs(3, 5, 6, 4, 1);
    private static final Set<Unit> NONE = Set.of();
    private static final List<Set<String>> ROLES = List.of(Set.of(), Set.of("sep"), Set.of("x", "sep"));

    static Stream<ModelConfig> everyKind() {
        List<ModelConfig> all = new ArrayList<>();
        for (int layers = 0; layers <= 2; layers++) {
            for (Toys.Block block : Toys.Block.values()) {
                for (Normalization normalization : Normalization.values()) {
                    for (Positions positions : Positions.values()) {
                        all.add(Toys.config(layers, 2, block, normalization, positions));
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void allEdgesAreTheModelAndNoneAreTheCorruptRunBitForBit(ModelConfig config) {
        try (Backend backend = new CpuBackend(2)) {
            Transformer model = Toys.model(backend, config, 1);
            for (Direction direction : Direction.values()) {
                Ablation ablation = new Ablation(Kind.RESAMPLE, direction, Set.of());
                try (EdgeModel edges = new EdgeModel(model, PAIRS, Metric.LOGIT_DIFFERENCE, ablation)) {
                    Set<Unit> all = edges.universe().all();
                    assertThat(edges.logits(all)).isEqualTo(logits(model, PromptPair::clean));
                    assertThat(edges.logits(NONE)).isEqualTo(logits(model, PromptPair::corrupt));
                    assertThat(edges.values(all)).isNotEqualTo(edges.values(NONE));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void noEdgesAreTheLogitsOfTheMeanStreamOrOfNone(ModelConfig config) {
        try (Backend backend = new CpuBackend(1)) {
            Transformer model = Toys.model(backend, config, 2);
            try (EdgeModel mean = new EdgeModel(model, PAIRS, Metric.PROBABILITY, Ablation.of(Kind.MEAN));
                    EdgeModel zero = new EdgeModel(model, PAIRS, Metric.PROBABILITY, Ablation.of(Kind.ZERO))) {
                assertThat(mean.logits(mean.universe().all())).isEqualTo(logits(model, PromptPair::clean));
                assertThat(zero.logits(zero.universe().all())).isEqualTo(logits(model, PromptPair::clean));
                check(mean.logits(NONE), ofMeanStreams(model), 1e-5); // a mean of 3 in float32 against doubles
                assertThat(zero.logits(NONE)).isEqualTo(repeated(PAIRS.size(), ofBiases(model)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Toys.Block.class)
    void anySetOfEdgesIsWhatEdgesMean(Toys.Block block) {
        try (Backend cpu = new CpuBackend(1);
                Backend nd4j = new Nd4jBackend(DType.FLOAT64)) {
            for (Normalization normalization : Normalization.values()) {
                ModelConfig config = Toys.learned(2, 2, block, normalization);
                checkRandomSets(cpu, config, ROLES, 1, FLOAT32);
                checkRandomSets(nd4j, config, ROLES.subList(1, 2), 1L << 20, 1e-11); // both in double
            }
        }
    }

    private static void checkRandomSets(
            Backend backend, ModelConfig config, List<Set<String>> positions, long bytes, double tolerance) {
        Parameters parameters = Toys.parameters(backend, config, 3);
        Transformer model = new Transformer(backend, config, parameters);
        PlainEdges plain = new PlainEdges(backend, config, parameters);
        Rng rng = Rng.of(11);
        for (Direction direction : Direction.values()) {
            for (Set<String> roles : positions) {
                Ablation ablation = new Ablation(Kind.RESAMPLE, direction, roles);
                try (EdgeModel edges = new EdgeModel(model, PAIRS, Metric.KL, ablation, bytes)) {
                    for (double share : new double[] {0.1, 0.5, 0.95}) {
                        Set<Unit> kept = Toys.some(edges.universe(), share, rng);
                        check(edges.logits(kept), plain(plain, ablation, kept), tolerance);
                    }
                }
            }
        }
    }

    private static double[][] plain(PlainEdges plain, Ablation ablation, Set<Unit> kept) {
        boolean denoising = ablation.direction() == Direction.DENOISING;
        List<double[]> logits = new ArrayList<>();
        for (PairSet.Group group : PAIRS.groups()) {
            for (PromptPair pair : group.pairs()) {
                PlainEdges.Run other = plain.run(denoising ? pair.clean() : pair.corrupt());
                logits.add(plain.run(
                                denoising ? pair.corrupt() : pair.clean(),
                                (edge, position) -> denoising == kept.contains(edge)
                                        && (ablation.positions().isEmpty()
                                                || ablation.positions()
                                                        .contains(group.roles().get(position))),
                                other)
                        .logits);
            }
        }
        return logits.toArray(double[][]::new);
    }

    /** The roles' ablation leaves the rest of the prompt: with all edges ablated there, the other rows are the clean ones. */
    @Test
    void meansStandAtTheGivenRolesOnly() {
        try (Backend backend = new CpuBackend(1)) {
            ModelConfig config = Toys.learned(2, 2, Toys.Block.MLP, Normalization.LAYER_NORM);
            Transformer model = Toys.model(backend, config, 4);
            PairSet odd = Toys.pairs(4, 6, 5); // roles x sep x sep x: the last is x
            Ablation elsewhere = new Ablation(Kind.MEAN, Direction.NOISING, Set.of("sep"));
            try (EdgeModel some = new EdgeModel(model, odd, Metric.ACCURACY, elsewhere)) {
                Set<Unit> direct = Set.of(new Unit.Edge(new Sender.Embedding(), new Receiver.Logits(2)));
                Set<Unit> rest = new HashSet<>(some.universe().units());
                rest.removeAll(direct);
                assertThat(some.logits(rest))
                        .isEqualTo(some.logits(some.universe().all()));
                assertThat(some.logits(NONE))
                        .isNotEqualTo(some.logits(some.universe().all()));
            }
        }
    }

    @Test
    void denoisingACircuitIsNoisingTheRestOfTheSwappedPair() {
        try (Backend backend = new CpuBackend(2)) {
            ModelConfig config = Toys.config(2, 3, Toys.Block.MLP, Normalization.LAYER_NORM, Positions.ROTARY);
            Transformer model = Toys.model(backend, config, 7);
            Ablation noising = Ablation.of(Kind.RESAMPLE);
            Ablation denoising = new Ablation(Kind.RESAMPLE, Direction.DENOISING, Set.of());
            try (EdgeModel one = new EdgeModel(model, PAIRS, Metric.LOGIT_DIFFERENCE, denoising);
                    EdgeModel other = new EdgeModel(model, Toys.swapped(PAIRS), Metric.LOGIT_DIFFERENCE, noising, 1)) {
                Set<Unit> some = Toys.some(one.universe(), 0.4, Rng.of(8));
                Set<Unit> rest = new HashSet<>(one.universe().units());
                rest.removeAll(some);
                assertThat(one.logits(some)).isEqualTo(other.logits(rest));
            }
        }
    }

    @Test
    void theMetricOfTheWholeModelAndForeignUnits() {
        try (Backend backend = new CpuBackend(1)) {
            ModelConfig config = Toys.learned(1, 2, Toys.Block.MLP, Normalization.LAYER_NORM);
            Transformer model = Toys.model(backend, config, 9);
            try (EdgeModel kl = new EdgeModel(model, PAIRS, Metric.KL, Ablation.of(Kind.RESAMPLE))) {
                assertThat(kl.values(kl.universe().all())).containsOnly(0);
                assertThat(kl.score(NONE)).isPositive().isCloseTo(kl.score(NONE), within(0.0));
                Unit foreign = new Unit.Edge(new Unit.Head(3, 0), new Receiver.Logits(1));
                assertThatThrownBy(() -> kl.values(Set.of(foreign))).hasMessageContaining("a3.h0->logits");
                assertThatThrownBy(() -> kl.values(Set.of(new Unit.Head(0, 0)))).hasMessageContaining("a0.h0");
            }
        }
    }

    @Test
    void refusesRolesThatStandNowhereAndAnswersOutsideTheVocabulary() {
        try (Backend backend = new CpuBackend(1)) {
            Transformer model = Toys.model(backend, Toys.learned(1, 1, Toys.Block.ATTENTION, Normalization.NONE), 1);
            Ablation typo = new Ablation(Kind.ZERO, Direction.NOISING, Set.of("sepp"));
            assertThatThrownBy(() -> new EdgeModel(model, PAIRS, Metric.KL, typo))
                    .hasMessageContaining("\"sepp\"")
                    .hasMessageContaining("[x, sep]");
            PromptPair outside = new PromptPair(List.of(1), List.of(2), 3, Toys.VOCABULARY);
            PairSet pairs = new PairSet("outside", List.of(new PairSet.Group(List.of("x"), List.of(outside))));
            assertThatThrownBy(() -> new EdgeModel(model, pairs, Metric.KL, Ablation.of(Kind.ZERO)))
                    .hasMessageContaining("answer 13")
                    .hasMessageContaining("0..12");
        }
    }

    private static double[][] logits(Transformer model, Function<PromptPair, List<Integer>> side) {
        List<double[]> rows = new ArrayList<>();
        for (PairSet.Group group : PAIRS.groups()) {
            Site site = Site.of(Site.Kind.LOGITS);
            Activations.Value logits = model.run(Batches.tokens(group.pairs(), side), List.of(site))
                    .get(site);
            int n = model.config().dVocab();
            for (int i = 0; i < group.pairs().size(); i++) {
                int last = (i + 1) * group.length() - 1;
                rows.add(Arrays.copyOfRange(logits.data(), last * n, (last + 1) * n));
            }
        }
        return rows.toArray(double[][]::new);
    }

    /** The corrupt runs' last streams, averaged in double. */
    private static double[][] ofMeanStreams(Transformer model) {
        int layers = model.config().nLayers();
        List<double[]> rows = new ArrayList<>();
        for (PairSet.Group group : PAIRS.groups()) {
            int count = group.pairs().size();
            int d = model.config().dModel();
            double[] mean = new double[d];
            Tokens tokens = Batches.tokens(group.pairs(), PromptPair::corrupt);
            for (int i = 0; i < count; i++) {
                double[] stream = layers == 0
                        ? embedding(model, tokens)
                        : model.run(tokens, List.of(Site.of(Site.Kind.RESID_POST, layers - 1)))
                                .get(Site.of(Site.Kind.RESID_POST, layers - 1))
                                .data();
                for (int j = 0; j < d; j++) {
                    mean[j] += stream[((i + 1) * group.length() - 1) * d + j] / count;
                }
            }
            double[] logits = decoded(model, mean);
            rows.addAll(List.of(repeated(count, logits)));
        }
        return rows.toArray(double[][]::new);
    }

    private static double[] embedding(Transformer model, Tokens tokens) {
        return model.backend().downloadDoubles(new StreamParts(model).embed(tokens));
    }

    private static double[] ofBiases(Transformer model) {
        double[] sum = new double[model.config().dModel()];
        for (int layer = 0; layer < model.config().nLayers(); layer++) {
            double[] bias = model.backend()
                    .downloadDoubles(model.weights().block(layer).outBias().orElseThrow());
            for (int j = 0; j < sum.length; j++) {
                sum[j] = (float) (sum[j] + bias[j]);
            }
        }
        return decoded(model, sum);
    }

    private static double[] decoded(Transformer model, double[] stream) {
        Backend backend = model.backend();
        return backend.downloadDoubles(
                new StreamParts(model).logits(backend.upload(Shape.of(1, stream.length), stream)));
    }

    private static double[][] repeated(int count, double[] row) {
        return IntStream.range(0, count).mapToObj(i -> row).toArray(double[][]::new);
    }

    private static void check(double[][] actual, double[][] expected, double tolerance) {
        assertThat(actual).hasDimensions(expected.length, expected[0].length);
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                assertThat(actual[i][j])
                        .as("logit %d of prompt %d", j, i)
                        .isCloseTo(expected[i][j], within(tolerance * Math.max(1, Math.abs(expected[i][j]))));
            }
        }
    }
}
