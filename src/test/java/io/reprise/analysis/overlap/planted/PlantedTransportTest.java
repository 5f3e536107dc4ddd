package io.reprise.analysis.overlap.planted;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.overlap.Joins;
import io.reprise.analysis.overlap.transport.CausalTransport;
import io.reprise.analysis.overlap.transport.Match;
import io.reprise.analysis.overlap.transport.TransportResult;
import io.reprise.analysis.overlap.transport.TransportSpec;
import io.reprise.analysis.overlap.verdict.Verdict.Outcome;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The MLP that computes the step, between models that compute it from other members and give the same answers; streams are turned
 * and of other widths, heads more and in another order, there are other layers below or above, and weights are noisy.
 */
class PlantedTransportTest {
    private static final PairSet PROMPTS = Sequences.all(3);
    private static final List<Algorithm> ALGORITHMS =
            List.of(Algorithm.EARLY_STEP, Algorithm.LATE_STEP, Algorithm.WIDE_STEP);

    @Test
    @Tag("slow")
    void theStepIsTransportedBetweenModelsThatComputeItFromTheSameMembersAlone() {
        try (Backend backend = new CpuBackend(1);
                Scope scope = backend.scope()) {
            for (Algorithm one : ALGORITHMS) {
                for (Algorithm other : ALGORITHMS) {
                    PlantedModel a = PlantedModel.of(one, 3, Nuisance.random(0, 11 + ALGORITHMS.indexOf(one)));
                    PlantedModel b = PlantedModel.of(other, 3, Nuisance.random(1, 21 + ALGORITHMS.indexOf(other)));
                    TransportResult.Pair pair = transport(backend, a, b);
                    double fraction = pair.transport().orElseThrow().fraction();
                    // steps are rare among random sequences and weights are noisy; measured: 0.66 to 0.99, -0.03 to
                    // 0.04
                    assertThat(fraction)
                            .as("%s, %s", one.name(), other.name())
                            .isBetween(one == other ? 0.5 : -0.2, one == other ? 1.1 : 0.2);
                    assertThat(Joins.causal(pair).outcome())
                            .as("%s, %s", one.name(), other.name())
                            .isEqualTo(one == other ? Outcome.SHOWN : Outcome.NOT_SHOWN);
                }
            }
        }
    }

    private static TransportResult.Pair transport(Backend backend, PlantedModel a, PlantedModel b) {
        return new CausalTransport(
                        a.on(backend),
                        b.on(backend),
                        PROMPTS,
                        Metric.LOGIT_DIFFERENCE,
                        IntStream.range(0, Sequences.VOCABULARY).boxed().toList(),
                        Optional.empty(),
                        TransportSpec.defaults().withPositions(Set.of("x3")))
                .between(List.of(new Match(step(a), step(b), 1)))
                .pairs()
                .get(0);
    }

    /** The lower of the two MLPs that do something. */
    private static Unit step(PlantedModel model) {
        return model.planted().stream()
                .filter(unit -> unit instanceof Unit.Mlp)
                .findFirst()
                .orElseThrow();
    }
}
