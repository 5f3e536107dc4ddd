package io.reprise.analysis.overlap.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Unit;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Transformer;
import io.reprise.run.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CausalTransportTest {
    private static final PairSet PROMPTS = TwoWays.prompts();
    private static final PairSet OTHER = TwoWays.prompts("threes", 3);
    private static final TransportSpec SPEC = TransportSpec.defaults().withPositions(Set.of("last"));
    private static final Unit FETCH = new Unit.Head(0, 0);
    private static final Unit ANSWER = new Unit.Head(1, 0);
    private static final Unit DISGUISED_FETCH = new Unit.Head(1, 2);
    private static final Unit DISGUISED_ANSWER = new Unit.Head(2, 2);
    /** Of 56 prompts of a random direction: a few standard errors of a mean of terms of order 1. */
    private static final double CHANCE = 0.35;

    private Backend backend;
    private Scope scope;

    @BeforeEach
    void open() {
        backend = new CpuBackend(1);
        scope = backend.scope();
    }

    @AfterEach
    void close() {
        scope.close();
        backend.close();
    }

    @ParameterizedTest
    @EnumSource(MapMethod.class)
    void aHeadOfATurnedWiderAndDeeperCopyIsTransportedWholeAndNoControlIs(MapMethod method) {
        for (TwoWays way : List.of(TwoWays.fromFirst(backend), TwoWays.fromLast(backend))) {
            TransportResult.Pair pair =
                    measure(way.plain(), way.disguised(5), SPEC.withMethod(method), FETCH, DISGUISED_FETCH);
            // float32 weights of the copy, and ridge's penalty of a millionth
            assertThat(pair.transport().orElseThrow().fraction()).isCloseTo(1, within(1e-4));
            assertThat(pair.heldOutError()).isLessThan(1e-6);
            assertThat(pair.controls())
                    .extracting(Control::kind)
                    .contains(Control.Kind.values())
                    .hasSize(2 * SPEC.draws() + 3 + 2);
            for (Control control : pair.controls()) {
                assertThat(Math.abs(control.recovered().fraction()))
                        .as("%s %s", control.kind(), control.name())
                        .isLessThan(CHANCE);
                assertThat(pair.transport().orElseThrow().interval().low())
                        .isGreaterThan(control.recovered().interval().high());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(MapMethod.class)
    void anotherAlgorithmWithTheSameLogitsIsNotTransported(MapMethod method) {
        TwoWays first = TwoWays.fromFirst(backend);
        TwoWays last = TwoWays.fromLast(backend);
        CorruptRun one = new CorruptRun(first.plain(), PROMPTS, Metric.LOGIT_DIFFERENCE);
        CorruptRun two = new CorruptRun(last.disguised(5), PROMPTS, Metric.LOGIT_DIFFERENCE);
        assertThat(one.clean()).containsExactly(two.clean(), within(1e-4));
        assertThat(Arrays.stream(one.clean())).allMatch(difference -> difference > 4.9);
        for (TwoWays from : List.of(first, last)) {
            TwoWays to = from == first ? last : first;
            for (List<Unit> match : List.of(List.of(FETCH, DISGUISED_FETCH), List.of(ANSWER, DISGUISED_ANSWER))) {
                TransportResult.Pair pair =
                        measure(from.plain(), to.disguised(5), SPEC.withMethod(method), match.get(0), match.get(1));
                // below 0 where the random sequences, which leave out (a, a + 1), make the members shun each other
                assertThat(pair.transport().orElseThrow().interval().high()).isLessThan(1e-3);
            }
        }
    }

    @Test
    void aHeadThatOnlyWritesTheAnswersLogitsIsExplainedByThem() {
        TwoWays way = TwoWays.fromFirst(backend);
        TransportResult.Pair pair = measure(way.plain(), way.disguised(5), SPEC, ANSWER, DISGUISED_ANSWER);
        assertThat(pair.transport().orElseThrow().fraction()).isCloseTo(1, within(1e-4));
        assertThat(control(pair, Control.Kind.DIRECT_LOGITS).recovered().fraction())
                .isCloseTo(1, within(1e-4));
        TransportResult.Pair fetch = measure(way.plain(), way.disguised(5), SPEC, FETCH, DISGUISED_FETCH);
        // what it writes is orthogonal to the unembedding, but for rounding
        assertThat(control(fetch, Control.Kind.DIRECT_LOGITS).recovered().fraction())
                .isCloseTo(0, within(1e-5));
    }

    @Test
    void aComponentWhoseOwnCleanValueDoesNothingIsNotIdentifiable() {
        TwoWays way = TwoWays.fromFirst(backend);
        // nothing reads it in the one model; in the other it is a head between heads that writes nothing at all
        for (Unit idle : List.of(new Unit.Head(1, 0), new Unit.Head(1, 1))) {
            TransportResult.Pair pair = measure(way.plain(), way.disguised(5), SPEC, FETCH, idle);
            assertThat(pair.transport()).isEmpty();
            assertThat(pair.controls()).isEmpty();
            assertThat(pair.problem().orElseThrow()).contains("own clean value changes the metric by");
        }
    }

    @Test
    void allPairsTogetherAreWhatIsRecoveredOfAllThatTheirOwnCleanValuesDo() {
        TwoWays way = TwoWays.fromFirst(backend);
        TransportResult result = transport(
                        way.plain(), TwoWays.fromLast(backend).disguised(5), SPEC)
                .between(List.of(
                        new Match(new Unit.Head(0, 1), DISGUISED_FETCH, 3), // both take the last member
                        new Match(FETCH, DISGUISED_FETCH, 1),
                        new Match(FETCH, new Unit.Head(1, 1), 4)));
        TransportResult.Aggregate all = result.all().orElseThrow();
        assertThat(all.share()).isEqualTo(0.5);
        // one recovers all, the other nothing, of the same effect
        assertThat(all.transport().fraction()).isCloseTo(0.5, within(1e-4));
        assertThat(all.controls()).extracting(Control::kind).containsExactly(Control.Kind.values());
        assertThat(Json.write(result)).contains("\"own\"", "\"held_out_error\"", "\"kind\" : \"DIRECT_LOGITS\"");
        assertThat(transport(way.plain(), way.disguised(5), SPEC)
                        .between(List.of(new Match(FETCH, new Unit.Head(1, 1), 1)))
                        .all())
                .isEmpty();
    }

    @Test
    void theSameSeedGivesTheSameNumbers() {
        TwoWays way = TwoWays.fromFirst(backend);
        assertThat(measure(way.plain(), way.disguised(5), SPEC, FETCH, DISGUISED_FETCH))
                .isEqualTo(measure(way.plain(), way.disguised(5), SPEC, FETCH, DISGUISED_FETCH));
    }

    @Test
    void whatCannotBeMeasuredIsRefused() {
        Transformer model = TwoWays.fromFirst(backend).plain();
        assertThatThrownBy(() -> transport(model, model, SPEC).between(List.of()))
                .hasMessageContaining("no matched components");
        assertThatThrownBy(() -> transport(model, model, SPEC.withPositions(Set.of("sep"))))
                .hasMessageContainingAll("no such roles", "first", "last");
        assertThatThrownBy(() -> measure(model, model, SPEC, new Unit.Mlp(0), FETCH))
                .hasMessageContaining("m0");
        assertThatThrownBy(() -> measure(model, model, SPEC, new Unit.Neuron(0, 1), FETCH))
                .hasMessageContaining("heads and MLPs");
        assertThatThrownBy(() -> new CausalTransport(
                        model, model, PROMPTS, Metric.KL, List.of(0, TwoWays.N), Optional.empty(), SPEC))
                .hasMessageContaining("token " + TwoWays.N);
        assertThatThrownBy(() -> new Match(FETCH, FETCH, 0)).hasMessageContaining("mass");
        PairSet all = new PairSet(
                "all", List.of(new PairSet.Group(List.of("x"), List.of(new PromptPair(List.of(0), List.of(1), 1, 0)))));
        assertThatThrownBy(() -> new CausalTransport(
                        model, model, all, Metric.KL, List.of(0, 1), Optional.empty(), TransportSpec.defaults()))
                .hasMessageContaining("almost all are prompts");
    }

    private static Control control(TransportResult.Pair pair, Control.Kind kind) {
        return pair.controls().stream()
                .filter(control -> control.kind() == kind)
                .findFirst()
                .orElseThrow();
    }

    private static TransportResult.Pair measure(
            Transformer first, Transformer second, TransportSpec spec, Unit from, Unit to) {
        return transport(first, second, spec)
                .between(List.of(new Match(from, to, 1)))
                .pairs()
                .get(0);
    }

    private static CausalTransport transport(Transformer first, Transformer second, TransportSpec spec) {
        return new CausalTransport(
                first, second, PROMPTS, Metric.LOGIT_DIFFERENCE, TaskTokens.of(PROMPTS), Optional.of(OTHER), spec);
    }
}
