package io.reprise.analysis.circuit.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.analysis.circuit.Game;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class SingleUnitsTest {
    private static final Universe NODES =
            Universe.nodes(new ModelShape(2, 2, 4, false)); // a0.h0 a0.h1 m0 a1.h0 a1.h1 m1
    private static final Unit A = new Unit.Head(0, 0);
    private static final Unit B = new Unit.Head(0, 1);
    private static final Unit C = new Unit.Mlp(0);

    private static Game game(ToDoubleFunction<Set<Unit>> worth) {
        return Game.of(NODES, Metric.LOGIT_DIFFERENCE, 2, worth);
    }

    @Test
    void singleUnitsMissBackupsFromAboveAndPartnersFromBelow() {
        Game either = game(kept -> 10 + (kept.contains(A) || kept.contains(B) ? 3 : 0) + (kept.contains(C) ? 2 : 0));
        SingleUnits out = SingleUnits.of(either, SingleUnits.Start.MODEL);
        SingleUnits in = SingleUnits.of(either, SingleUnits.Start.NOTHING);
        assertThat(out.support()).containsEntry(A, 0.0).containsEntry(C, 2.0);
        assertThat(in.support()).containsEntry(A, 3.0).containsEntry(B, 3.0).containsEntry(C, 2.0);
        assertThat(out.largest(1).units()).containsExactly(C);
        assertThat(in.largest(2).units()).containsExactly(A, B);
        assertThat(in.largest(2).figures()).containsEntry("requested", 2.0).containsEntry("kept", 2.0);
        assertThat(in.largest(99).figures()).containsEntry("requested", 99.0).containsEntry("kept", 6.0);
        assertThat(in.largest(2).origin().method()).contains("single knock-in");

        Game both = game(kept -> kept.containsAll(Set.of(A, B)) ? 4 : 0);
        assertThat(SingleUnits.of(both, SingleUnits.Start.MODEL).support()).containsEntry(A, 4.0);
        assertThat(SingleUnits.of(both, SingleUnits.Start.NOTHING).support()).containsEntry(A, 0.0);

        Game kl = Game.of(NODES, Metric.KL, 2, kept -> kept.contains(A) ? 1 : 5);
        assertThat(SingleUnits.of(kl, SingleUnits.Start.MODEL).support()).containsEntry(A, 4.0);
        assertThat(SingleUnits.of(kl, SingleUnits.Start.NOTHING).support()).containsEntry(A, 4.0);
    }
}
