package io.reprise.analysis.circuit.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Ablation.Direction;
import io.reprise.analysis.circuit.Ablation.Kind;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Pruning;
import io.reprise.analysis.circuit.Readout;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.backend.nd4j.Nd4jBackend;
import io.reprise.data.PairSet;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.DType;
import io.reprise.tensor.Rng;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine against interventions of whole runs, bit for bit: every kind of block, of unit and of ablation. */
class AblatedModelTest {
    private static final int PROMPTS = 4;

    /** All ablations, everywhere and at two roles, one of which is missing from a group. */
    private static List<Ablation> ablations() {
        List<Ablation> ablations = new ArrayList<>();
        for (Set<String> positions : List.of(Set.<String>of(), Set.of("x3", "bos"), Set.of("bos"))) {
            for (Kind kind : Kind.values()) {
                ablations.add(new Ablation(kind, Direction.NOISING, positions));
            }
            ablations.add(new Ablation(Kind.RESAMPLE, Direction.DENOISING, positions));
        }
        return ablations;
    }

    private static List<TaskModel> engines(Transformer model, PairSet pairs, Ablation ablation, Metric metric) {
        return List.of(
                new NodeModel(model, pairs, metric, ablation),
                new NeuronModel(model, pairs, metric, ablation),
                new ChannelModel(model, pairs, metric, ablation));
    }

    static Stream<String> models() {
        return Models.names();
    }

    @ParameterizedTest
    @MethodSource("models")
    void anyCircuitHasTheLogitsOfARunWithInterventions(String name) throws IOException {
        try (Backend backend = new CpuBackend(1)) {
            Transformer model = Models.open(name, backend);
            PairSet pairs = Models.pairs(model.config().dVocab(), PROMPTS);
            Rng rng = Rng.of(7);
            for (Ablation ablation : ablations()) {
                for (TaskModel engine : engines(model, pairs, ablation, Metric.LOGIT_DIFFERENCE)) {
                    Interventions slow = new Interventions(model, pairs, ablation, engine.universe());
                    for (double share : new double[] {0, 0.1, 0.6, 1}) {
                        Set<Unit> kept = some(engine.universe(), share, rng);
                        double[][] logits = engine.logits(kept);
                        double[][] expected = slow.logits(kept);
                        assertThat(Arrays.deepEquals(logits, expected))
                                .as(
                                        "%s, %s, %d kept: difference %s",
                                        engine.universe(), ablation.label(), kept.size(), difference(logits, expected))
                                .isTrue();
                        assertThat(difference(logits, expected)).isZero(); // NaN does not pass
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void allUnitsAreTheModelBitForBit(String name) throws IOException {
        try (Backend backend = new CpuBackend(2)) {
            Transformer model = Models.open(name, backend);
            PairSet pairs = Models.pairs(model.config().dVocab(), PROMPTS);
            for (TaskModel engine : engines(model, pairs, Ablation.of(Kind.MEAN), Metric.LOGIT_DIFFERENCE)) {
                double[][] logits = engine.logits(engine.universe().all());
                int prompt = 0;
                for (PairSet.Group group : pairs.groups()) {
                    for (int i = 0; i < group.pairs().size(); i++) {
                        Tokens tokens = Tokens.of(group.pairs().get(i).clean().stream()
                                .mapToInt(Integer::intValue)
                                .toArray());
                        double[] all = backend.downloadDoubles(model.logits(tokens));
                        int vocabulary = model.config().dVocab();
                        assertThat(logits[prompt++])
                                .isEqualTo(Arrays.copyOfRange(all, all.length - vocabulary, all.length));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void pruningGivesTheBitsOfValuesInAnyOrder(String name) throws IOException {
        try (Backend backend = new CpuBackend(1)) {
            Transformer model = Models.open(name, backend);
            PairSet pairs = Models.pairs(model.config().dVocab(), PROMPTS);
            Rng rng = Rng.of(11);
            for (Ablation ablation : ablations()) {
                for (TaskModel engine : engines(model, pairs, ablation, Metric.LOGIT_DIFFERENCE)) {
                    Set<Unit> kept = some(engine.universe(), 0.8, rng);
                    Pruning pruning = engine.pruning(kept);
                    List<Unit> units = engine.universe().units();
                    for (int trial = 0; trial < 12; trial++) {
                        Unit unit = units.get(rng.nextInt(units.size())); // units that are out are tried, too
                        Set<Unit> rest = new LinkedHashSet<>(kept);
                        rest.remove(unit);
                        assertThat(pruning.without(unit))
                                .as("%s, %s, trial %d: %s", engine.universe(), ablation.label(), trial, unit.name())
                                .isEqualTo(engine.values(rest));
                        if (rng.nextInt(2) == 0) {
                            pruning.drop(unit);
                            kept = rest;
                        }
                        assertThat(pruning.kept()).isEqualTo(kept);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyMetricIsReadFromTheLogits(String name) throws IOException {
        try (Backend backend = new CpuBackend(1)) {
            Transformer model = Models.open(name, backend);
            PairSet pairs = Models.pairs(model.config().dVocab(), PROMPTS);
            Rng rng = Rng.of(13);
            for (Metric metric : Metric.values()) {
                for (Direction direction : Direction.values()) {
                    Ablation ablation = new Ablation(Kind.RESAMPLE, direction, Set.of());
                    TaskModel engine = new NodeModel(model, pairs, metric, ablation);
                    double[][] full = new NodeModel(model, pairs, metric, Ablation.of(Kind.ZERO))
                            .logits(engine.universe().all());
                    Set<Unit> kept = some(engine.universe(), 0.5, rng);
                    double[][] logits = engine.logits(kept);
                    assertThat(engine.values(kept))
                            .as("%s, %s", metric, direction)
                            .isEqualTo(IntStream.range(0, logits.length)
                                    .mapToDouble(i ->
                                            Readout.value(metric, pairs.pairs().get(i), logits[i], full[i]))
                                    .toArray());
                }
            }
        }
    }

    @Test
    void manyPromptsAreCutIntoPartsThatShareTheirMean() {
        try (Backend backend = new CpuBackend(2)) {
            Transformer model = Models.toy(backend, 2, 9);
            PairSet pairs = new PairSet(
                    "many", List.of(new PairSet.Group(List.of("a", "b", "c"), Models.pairs(31, 700, 3)))); // 2100 rows
            for (Ablation ablation : List.of(Ablation.of(Kind.MEAN), Ablation.of(Kind.RESAMPLE))) {
                NodeModel engine = new NodeModel(model, pairs, Metric.LOGIT_DIFFERENCE, ablation);
                assertThat(engine.parts()).hasSize(2);
                Set<Unit> kept = some(engine.universe(), 0.5, Rng.of(2));
                assertThat(engine.logits(kept))
                        .isEqualTo(new Interventions(model, pairs, ablation, engine.universe()).logits(kept));
            }
        }
    }

    @Test
    void aModelWithoutBlocksHasNothingToAblate() {
        try (Backend backend = new CpuBackend(1)) {
            Transformer model = Models.toy(backend, 0, 0);
            PairSet pairs = Models.pairs(31, PROMPTS);
            NodeModel engine = new NodeModel(model, pairs, Metric.LOGIT_DIFFERENCE, Ablation.of(Kind.MEAN));
            assertThat(engine.logits(Set.of()))
                    .isEqualTo(new Interventions(model, pairs, engine.ablation(), engine.universe()).logits(Set.of()));
        }
    }

    /** Rounding of float64: the products of this backend may sum in another order for other numbers of rows. */
    @Test
    void theOtherBackendAgreesInDoublePrecision() throws IOException {
        try (Backend backend = new Nd4jBackend(DType.FLOAT64)) {
            Transformer model = Models.open("gpt-neox", backend);
            PairSet pairs = Models.pairs(model.config().dVocab(), PROMPTS);
            for (Kind kind : Kind.values()) {
                ChannelModel engine = new ChannelModel(model, pairs, Metric.LOGIT_DIFFERENCE, Ablation.of(kind));
                Set<Unit> kept = some(engine.universe(), 0.7, Rng.of(5));
                double[][] expected =
                        new Interventions(model, pairs, engine.ablation(), engine.universe()).logits(kept);
                double[][] logits = engine.logits(kept);
                for (int i = 0; i < expected.length; i++) {
                    assertThat(logits[i]).containsExactly(expected[i], org.assertj.core.data.Offset.offset(1e-12));
                }
            }
        }
    }

    @Test
    void mistakesAreNamed() {
        try (Backend backend = new CpuBackend(1)) {
            Transformer model = Models.toy(backend, 1, 9);
            PairSet pairs = Models.pairs(31, PROMPTS);
            Ablation nowhere = new Ablation(Kind.ZERO, Direction.NOISING, Set.of("x9"));
            assertThatThrownBy(() -> new NodeModel(model, pairs, Metric.LOGIT_DIFFERENCE, nowhere))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[x9]")
                    .hasMessageContaining("x1, sep, x2, x3, bos");
            NodeModel engine = new NodeModel(model, pairs, Metric.LOGIT_DIFFERENCE, Ablation.of(Kind.ZERO));
            Set<Unit> foreign = Set.of(new Unit.Head(1, 0));
            assertThatThrownBy(() -> engine.values(foreign))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a1.h0");
            assertThatThrownBy(() -> engine.pruning(Set.of()).without(new Unit.Mlp(4)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("m4");
        }
    }

    private static double difference(double[][] a, double[][] b) {
        assertThat(a).hasSameDimensionsAs(b);
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[i].length; j++) {
                largest = Math.max(largest, Math.abs(a[i][j] - b[i][j])); // max keeps NaN
            }
        }
        return largest;
    }

    private static Set<Unit> some(Universe universe, double share, Rng rng) {
        Set<Unit> kept = new LinkedHashSet<>();
        universe.units().stream().filter(unit -> rng.nextDouble() < share).forEach(kept::add);
        return kept;
    }
}
