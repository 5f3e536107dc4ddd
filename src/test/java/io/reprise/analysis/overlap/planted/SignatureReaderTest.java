package io.reprise.analysis.overlap.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.overlap.between.Signature;
import io.reprise.analysis.overlap.between.SignatureChannel;
import io.reprise.analysis.overlap.between.SignatureReader;
import io.reprise.analysis.overlap.between.Signatures;
import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SignatureReaderTest {
    private static final Backend BACKEND = new CpuBackend(1);
    private static final PairSet PAIRS = Sequences.all(3);

    private Scope scope;

    @BeforeEach
    void open() {
        scope = BACKEND.scope();
    }

    @AfterEach
    void closeScope() {
        scope.close();
    }

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    @Test
    void headsAtOnePositionLookAlikeWhateverTheirModelsWidths() {
        PlantedModel one = PlantedModel.of(Algorithm.FIRST_TWO, 3, Nuisance.plain(1));
        PlantedModel other = PlantedModel.of(Algorithm.ENDS, 3, new Nuisance(30, 2, 0, 5, 0, 2));
        Signatures some = read(one.on(BACKEND));
        Signatures others = read(other.on(BACKEND));
        Signature x1 = of(some, one.planted().get(0));
        Signature x2 = of(some, one.planted().get(1));
        Signature alsoX1 = of(others, other.planted().get(0));
        // both attend to x1 but for e⁻²⁰, and copy it as it is
        for (SignatureChannel channel : Set.of(SignatureChannel.PATTERN, SignatureChannel.OUTPUT)) {
            assertThat(x1.similarity(channel, alsoX1).orElseThrow()).isCloseTo(1, within(1e-4));
            assertThat(x2.similarity(channel, alsoX1).orElseThrow()).isLessThan(0.7);
        }
    }

    @Test
    void importanceIsWhatTheMetricLosesWithoutTheComponent() {
        Transformer model = random(Normalization.LAYER_NORM);
        TaskModel task = Specimen.task(model, PAIRS);
        Set<Unit> all = task.universe().all();
        for (Signature component : read(model).components()) {
            Set<Unit> rest = new LinkedHashSet<>(all);
            rest.remove(component.unit());
            // means of 27 differences against a difference of two means, in float32's logits
            assertThat(component.importance()).isCloseTo(task.score(all) - task.score(rest), within(1e-5));
        }
    }

    @Test
    void tablesInTokenSpaceAreThereForHeadsThatReadTokensAndWriteLogits() {
        for (Normalization normalization : Normalization.values()) {
            Signatures random = read(random(normalization));
            for (Signature component : random.components()) {
                boolean head = component.unit() instanceof Unit.Head;
                assertThat(component.similarity(SignatureChannel.OV, component).isPresent())
                        .isEqualTo(head);
                // heads of the second layer read more of what the first wrote than of tokens
                if (component.unit().layer() == 0) {
                    assertThat(component
                                    .similarity(SignatureChannel.QK, component)
                                    .isPresent())
                            .isEqualTo(head);
                }
                assertThat(component
                                .similarity(SignatureChannel.PATTERN, component)
                                .isPresent())
                        .isEqualTo(head);
                assertThat(component.similarity(SignatureChannel.DIRECT, component))
                        .isPresent();
            }
        }
        // planted heads attend by position and write where the MLP reads: what noise adds to that is no table
        PlantedModel planted = PlantedModel.of(Algorithm.ENDS, 3, Nuisance.random(0, 3));
        Signatures signatures = read(planted.on(BACKEND));
        for (Unit unit : planted.planted().subList(0, 2)) {
            Signature head = of(signatures, unit);
            for (SignatureChannel channel : Set.of(SignatureChannel.OV, SignatureChannel.QK, SignatureChannel.DIRECT)) {
                assertThat(head.similarity(channel, head)).isEmpty();
            }
        }
    }

    @Test
    void depthIsLayersOverLayersAndMlpsComeAfterTheirHeads() {
        Signatures signatures = read(random(Normalization.NONE));
        assertThat(signatures.components().stream().map(Signature::depth))
                .containsExactly(0.0, 0.0, 0.25, 0.5, 0.5, 0.75);
    }

    @Test
    void scoresAreComparedWhereBothHaveThem() {
        Transformer model = random(Normalization.NONE);
        Unit first = new Unit.Head(0, 0);
        Unit second = new Unit.Head(0, 1);
        Signatures signatures = SignatureReader.read(
                model,
                Specimen.task(model, PAIRS),
                Specimen.tokens(),
                Map.of(first, Map.of("copy", 3.0, "induction", 4.0), second, Map.of("copy", 4.0, "induction", 3.0)));
        Signature a = of(signatures, first);
        // (3·4 + 4·3) / 25
        assertThat(a.similarity(SignatureChannel.SCORES, of(signatures, second)).orElseThrow())
                .isCloseTo(0.96, within(1e-12));
        assertThat(a.similarity(SignatureChannel.SCORES, of(signatures, new Unit.Mlp(0))))
                .isEmpty();
    }

    @Test
    void onlyHeadsAndMlpsHaveSignatures() {
        Transformer model = random(Normalization.NONE);
        TaskModel nodes = Specimen.task(model, PAIRS);
        TaskModel edges = new TaskModel() {
            @Override
            public Universe universe() {
                return Universe.edges(nodes.universe().shape());
            }

            @Override
            public PairSet pairs() {
                return PAIRS;
            }

            @Override
            public Metric metric() {
                return nodes.metric();
            }

            @Override
            public Ablation ablation() {
                return nodes.ablation();
            }

            @Override
            public double[] values(Set<Unit> kept) {
                return nodes.values(Set.of());
            }

            @Override
            public double[][] logits(Set<Unit> kept) {
                return nodes.logits(Set.of());
            }
        };
        assertThatThrownBy(() -> SignatureReader.read(model, edges, Specimen.tokens(), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("heads and MLPs");
        assertThatThrownBy(() -> SignatureReader.read(
                        model, nodes, Specimen.tokens(), Map.of(new Unit.Head(7, 0), Map.of("copy", 1.0))))
                .hasMessageContaining("a7.h0");
    }

    private static Signatures read(Transformer model) {
        return SignatureReader.read(model, Specimen.task(model, PAIRS), Specimen.tokens(), Map.of());
    }

    private static Signature of(Signatures signatures, Unit unit) {
        return signatures.components().stream()
                .filter(component -> component.unit().equals(unit))
                .findFirst()
                .orElseThrow();
    }

    private static Transformer random(Normalization normalization) {
        ModelConfig config = ModelConfig.toy(
                2, 20, 2, 5, 12, Sequences.VOCABULARY, 3, Activation.RELU, normalization, Positions.LEARNED, false);
        return new Transformer(BACKEND, config, Parameters.initialise(BACKEND, config, 0.45, Rng.of(5)));
    }
}
