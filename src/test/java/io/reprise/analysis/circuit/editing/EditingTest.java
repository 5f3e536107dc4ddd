package io.reprise.analysis.circuit.editing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.nodes.NodeModel;
import io.reprise.analysis.circuit.roles.HandSetModel;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Models set by hand: what each edit must do is known. */
class EditingTest {
    private static final Unit.Head HEAD = new Unit.Head(0, 0);
    private static final Unit.Head OTHER = new Unit.Head(0, 1);
    /** After [a, b] comes a + 1. */
    private static final PairSet A = before("A", 1, 3);

    private static final PairSet B = before("B", 2, 4);

    private static Backend backend;

    @BeforeAll
    static void open() {
        backend = new CpuBackend(1);
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    @Test
    void aDonorChangesWhereTheHeadLooksOrWhatItFindsThere() {
        // The last token 0 looks for a 1, and what it finds predicts the one after it.
        Transformer model =
                new HandSetModel(1).attendsTo(0, 0, 1).predicts(0, 0, 1).on(backend);
        PairSet swapped =
                set("swapped", List.of("x1", "x2", "x3"), new PromptPair(List.of(1, 3, 0), List.of(3, 1, 0), 2, 4));
        assertThat(outcome(Variant.of(model), swapped).accuracy()).isEqualTo(1);
        assertThat(outcome(new DonorEdit(model, Set.of(HEAD), DonorEdit.What.PATTERNS), swapped)
                        .wanted())
                .as("looks at position 1, where the clean prompt has 3")
                .isEqualTo(1);
        assertThat(outcome(new DonorEdit(model, Set.of(HEAD), DonorEdit.What.VALUES), swapped)
                        .wanted())
                .as("looks at position 0, where the donor has 3")
                .isEqualTo(1);
        assertThat(outcome(new DonorEdit(model, Set.of(HEAD), DonorEdit.What.OUTPUTS), swapped)
                        .accuracy())
                .as("the donor's output is the same: it found its 1")
                .isEqualTo(1);
        assertThat(new DonorEdit(model, Set.of(OTHER), DonorEdit.What.VALUES).logits(swapped))
                .as("a head that writes nothing")
                .isDeepEqualTo(Variant.of(model).logits(swapped));
    }

    @Test
    void headsOfAnUpperLayerAreEditedOnTopOfEditsBelow() {
        // Layer 0 looks for a 1 and notes what it finds; layer 1 predicts what was noted at its own position.
        Transformer model = new HandSetModel(2)
                .attendsTo(0, 0, 1)
                .notes(0, 0)
                .predictsNoted(1, 1)
                .on(backend);
        PairSet swapped =
                set("swapped", List.of("x1", "x2", "x3"), new PromptPair(List.of(1, 3, 0), List.of(3, 1, 0), 1, 3));
        assertThat(outcome(Variant.of(model), swapped).accuracy()).isEqualTo(1);
        Set<Unit.Head> both = Set.of(HEAD, new Unit.Head(1, 1));
        assertThat(outcome(new DonorEdit(model, both, DonorEdit.What.PATTERNS), swapped)
                        .wanted())
                .as("layer 1 finds what the edited layer 0 noted")
                .isEqualTo(1);
        assertThat(outcome(new DonorEdit(model, Set.of(new Unit.Head(1, 1)), DonorEdit.What.PATTERNS), swapped)
                        .accuracy())
                .as("alone, it looks where it always does")
                .isEqualTo(1);
    }

    @Test
    void steeringHitsEveryTaskAndTheRankOneEditOnlyWhatResemblesTheSource() {
        Parameters parameters =
                new HandSetModel(1).previousToken(0, 0).predicts(0, 0, 1).parameters(backend);
        Transformer model = new Transformer(backend, parameters.config(), parameters);
        SteeringVectors vectors = SteeringVectors.fit(model, A);
        EditingResult steered = new MeasureEdit(Variant.of(model), List.of(A, B))
                .run(
                        "steering",
                        Set.of(HEAD),
                        vectors.on(Set.of(HEAD), 2),
                        Map.of("random_heads", List.of(vectors.on(Set.of(OTHER), 2))));
        assertThat(steered.effects())
                .extracting(effect -> effect.before().accuracy())
                .containsExactly(1.0, 1.0);
        assertThat(steered.effects().get(0).after().wanted()).isEqualTo(1);
        assertThat(steered.effects().get(1).after().accuracy())
                .as("always on, B suffers")
                .isZero();
        assertThat(steered.effects()).allSatisfy(effect -> {
            assertThat(effect.controls().get(0).draws()).containsExactly(effect.before());
            assertThat(effect.controls().get(0).pAccuracy()).isEqualTo(0.5);
        });
        assertThat(steered.effects())
                .as("B's answers give way to a third token")
                .extracting(effect -> effect.controls().get(0).pDifference())
                .containsExactly(0.5, 1.0);
        try (Parameters edited = WeightEdits.rankOne(backend, parameters, vectors, Set.of(HEAD), 1)) {
            Variant rankOne = Variant.of(new Transformer(backend, edited.config(), edited));
            assertThat(outcome(rankOne, A).wanted()).isEqualTo(1);
            assertThat(outcome(rankOne, B).accuracy())
                    .as("B's values are orthogonal to A's")
                    .isEqualTo(1);
        }
        assertThatThrownBy(() -> WeightEdits.rankOne(backend, parameters, vectors, Set.of(OTHER), 1))
                .hasMessageContaining("a0.h1 has a mean z of 0");
    }

    @Test
    void randomDirectionsAreAsLong() {
        Transformer model =
                new HandSetModel(1).previousToken(0, 0).predicts(0, 0, 1).on(backend);
        SteeringVectors vectors = SteeringVectors.fit(model, A);
        double[] random = vectors.randomDirections(Rng.of(4)).difference(HEAD);
        assertThat(norm(random)).isCloseTo(norm(vectors.difference(HEAD)), within(1e-9));
        assertThat(norm(random)).isCloseTo(Math.sqrt(2), within(1e-5));
        assertThat(random).isNotEqualTo(vectors.difference(HEAD));
        assertThat(norm(vectors.randomDirections(Rng.of(4)).difference(OTHER))).isZero();
    }

    @Test
    void removalIsMeasuredOnEveryTaskBesideRandomRemovals() {
        Parameters parameters =
                new HandSetModel(1).previousToken(0, 0).predicts(0, 0, 1).parameters(backend);
        Transformer model = new Transformer(backend, parameters.config(), parameters);
        List<TaskModel> tasks = java.util.stream.Stream.of(A, B)
                .<TaskModel>map(
                        pairs -> new NodeModel(model, pairs, Metric.LOGIT_DIFFERENCE, Ablation.of(Ablation.Kind.ZERO)))
                .toList();
        EditingResult result = new MeasureEdit(Variant.without(tasks, Set.of()), List.of(A, B))
                .run(
                        "removal",
                        Set.of(HEAD),
                        Variant.without(tasks, Set.of(HEAD)),
                        Map.of("random", List.of(Variant.without(tasks, Set.of(OTHER)))));
        assertThat(result.units()).containsExactly("a0.h0");
        assertThat(result.effects()).allSatisfy(effect -> {
            assertThat(effect.before().logitDifference()).isCloseTo(10, within(1e-4));
            assertThat(effect.after().logitDifference()).isCloseTo(0, within(1e-6));
            assertThat(effect.controls().get(0).draws()).containsExactly(effect.before());
        });
        try (Parameters edited = WeightEdits.without(backend, parameters, Set.of(HEAD))) {
            assertThat(Variant.of(new Transformer(backend, edited.config(), edited))
                            .logits(A))
                    .as("without its rows of W_O a head is ablated by zero")
                    .isDeepEqualTo(Variant.without(tasks, Set.of(HEAD)).logits(A));
        }
        assertThatThrownBy(() -> Variant.without(tasks.subList(0, 1), Set.of()).logits(B))
                .hasMessageContaining("no model at the task B");
        assertThatThrownBy(() -> WeightEdits.without(
                        backend, parameters, Set.of(new Unit.Channel(0, 0, io.reprise.analysis.circuit.Port.Q, "x1"))))
                .hasMessageContaining("expected heads, MLPs or neurons");
    }

    private static PairSet before(String name, int token, int donor) {
        return set(
                name,
                List.of("x1", "x2"),
                IntStream.of(0, 5)
                        .mapToObj(last ->
                                new PromptPair(List.of(token, last), List.of(donor, last), token + 1, donor + 1))
                        .toArray(PromptPair[]::new));
    }

    private static PairSet set(String name, List<String> roles, PromptPair... pairs) {
        return new PairSet(name, List.of(new PairSet.Group(roles, List.of(pairs))));
    }

    private static Outcome outcome(Variant variant, PairSet pairs) {
        return Outcome.of(pairs, variant.logits(pairs));
    }

    private static double norm(double[] vector) {
        return Math.sqrt(java.util.Arrays.stream(vector).map(v -> v * v).sum());
    }
}
