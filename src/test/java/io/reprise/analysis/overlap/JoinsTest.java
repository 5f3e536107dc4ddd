package io.reprise.analysis.overlap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.overlap.between.BetweenResult;
import io.reprise.analysis.overlap.between.CrossCsi;
import io.reprise.analysis.overlap.between.SeedPair;
import io.reprise.analysis.overlap.channels.ChannelComparison;
import io.reprise.analysis.overlap.transport.CausalTransport;
import io.reprise.analysis.overlap.transport.Match;
import io.reprise.analysis.overlap.transport.TaskTokens;
import io.reprise.analysis.overlap.transport.TransportResult;
import io.reprise.analysis.overlap.transport.TransportSpec;
import io.reprise.analysis.overlap.transport.TwoWays;
import io.reprise.analysis.overlap.verdict.Verdict.Outcome;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JoinsTest {
    private static final Unit FETCH = new Unit.Head(0, 0);
    private static final Unit ANSWER = new Unit.Head(1, 0);

    @Test
    void theVerdictOnHandBuiltModelsIsTheirTruth() {
        try (Backend backend = new CpuBackend(1);
                Scope scope = backend.scope()) {
            TwoWays first = TwoWays.fromFirst(backend);
            TwoWays last = TwoWays.fromLast(backend);
            Match fetch = new Match(FETCH, new Unit.Head(1, 2), 1);
            Match answer = new Match(ANSWER, new Unit.Head(2, 2), 1);
            Match idle = new Match(FETCH, new Unit.Head(1, 1), 1);
            TransportResult same = transport(first.plain(), first.disguised(5), fetch, answer, idle);
            assertThat(same.pairs())
                    .extracting(pair -> Joins.causal(pair).outcome())
                    .containsExactly(Outcome.SHOWN, Outcome.SAME_OUTPUT, Outcome.NOT_IDENTIFIABLE);
            assertThat(Joins.causal(transport(first.plain(), first.disguised(5), fetch))
                            .outcome())
                    .isEqualTo(Outcome.SHOWN);
            for (TwoWays from : List.of(first, last)) {
                TransportResult other =
                        transport(from.plain(), (from == first ? last : first).disguised(5), fetch, answer);
                assertThat(other.pairs())
                        .extracting(pair -> Joins.causal(pair).outcome())
                        .containsOnly(Outcome.NOT_SHOWN);
                assertThat(Joins.causal(other).outcome()).isEqualTo(Outcome.NOT_SHOWN);
            }
            TransportResult nothing = transport(first.plain(), first.disguised(5), idle);
            assertThat(Joins.causal(nothing).outcome()).isEqualTo(Outcome.NOT_IDENTIFIABLE);
            assertThat(Joins.causal(nothing).because()).contains("no pair's effect is known", "own clean value");
        }
    }

    private static TransportResult transport(Transformer first, Transformer second, Match... matches) {
        PairSet prompts = TwoWays.prompts();
        return new CausalTransport(
                        first,
                        second,
                        prompts,
                        Metric.LOGIT_DIFFERENCE,
                        TaskTokens.of(prompts),
                        Optional.of(TwoWays.prompts("threes", 3)),
                        TransportSpec.defaults().withPositions(Set.of("last")))
                .between(List.of(matches));
    }

    @Test
    void matchesCarryTheirMassAndAreFoundByName() {
        BetweenResult result = new BetweenResult(
                Map.of(),
                List.of(
                        new BetweenResult.Match("a0.h1", "a1.h2", 0.9, 0.4, Map.of()),
                        new BetweenResult.Match("m0", "m1", 0.9, 0.1, Map.of()),
                        new BetweenResult.Match("a0.h0", "a0.h0", 0.1, 0, Map.of())),
                List.of(),
                0,
                0,
                0,
                0,
                1,
                false,
                Optional.empty());
        ModelShape small = new ModelShape(1, 2, 8, false);
        ModelShape large = new ModelShape(2, 3, 8, false);
        assertThat(Joins.matches(result, small, large))
                .containsExactly(
                        new Match(new Unit.Head(0, 1), new Unit.Head(1, 2), 0.4),
                        new Match(new Unit.Mlp(0), new Unit.Mlp(1), 0.1));
        assertThatThrownBy(() -> Joins.matches(result, small, small)).hasMessageContaining("a1.h2");
    }

    @Test
    void crossCsiIsAFigureAndAVerdict() {
        List<SeedPair> far = pairs(0.9, 1.0);
        List<SeedPair> near = pairs(0.1, 0.2);
        CrossCsi.Result found = new CrossCsi(200, Rng.of(1)).of(near, far, near);
        assertThat(figure(found).calibrated()).contains(1.0);
        assertThat(Joins.structural(figure(found)).outcome()).isEqualTo(Outcome.SHOWN);
        CrossCsi.Result lost = new CrossCsi(200, Rng.of(1)).of(near, near, near);
        assertThat(figure(lost).interval()).isEmpty();
        assertThat(Joins.structural(figure(lost)).outcome()).isEqualTo(Outcome.NOT_IDENTIFIABLE);
    }

    private static List<SeedPair> pairs(double one, double other) {
        return List.of(
                new SeedPair("a", "b", one, List.of()),
                new SeedPair("a", "c", other, List.of()),
                new SeedPair("b", "c", one, List.of()));
    }

    private static ChannelComparison figure(CrossCsi.Result csi) {
        return Joins.figure(csi, 12, Map.of("untrained models", csi.nulls().mean()));
    }
}
