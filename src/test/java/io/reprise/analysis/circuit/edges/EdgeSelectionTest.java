package io.reprise.analysis.circuit.edges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One layer, one head, one MLP; scores by hand. */
class EdgeSelectionTest {
    private static final Universe UNIVERSE = Universe.edges(new ModelShape(1, 1, 4, false));

    @Test
    void theLargestGoByMagnitudeOrBySupport() {
        EdgeScores scores = scores(Map.of("embed->logits", -3.0, "embed->a0.h0<v>", 5.0, "a0.h0->logits", -1.0));
        assertThat(names(new EdgeSelection(scores, EdgeSelection.Order.MAGNITUDE).largest(3)))
                .isEqualTo("embed->a0.h0<v> embed->logits a0.h0->logits");
        // noising: support is minus the effect, and so the edge into v comes last
        assertThat(names(new EdgeSelection(scores, EdgeSelection.Order.SUPPORT).largest(1)))
                .isEqualTo("embed->logits");
        assertThat(names(new EdgeSelection(scores, EdgeSelection.Order.SUPPORT).above(0.5)))
                .isEqualTo("embed->logits"); // a0.h0->logits dangles
        assertThat(names(new EdgeSelection(scores, EdgeSelection.Order.MAGNITUDE).above(0.5)))
                .isEqualTo("embed->a0.h0<v> embed->logits a0.h0->logits");
        assertThat(names(new EdgeSelection(scores, EdgeSelection.Order.SUPPORT).above(3)))
                .isEmpty();
    }

    @Test
    void figuresTellWhatWasRequestedAndWhatIsKept() {
        EdgeScores scores = scores(Map.of("embed->logits", -3.0, "a0.h0->m0", 5.0, "embed->m0", 4.0));
        Circuit circuit = new EdgeSelection(scores, EdgeSelection.Order.MAGNITUDE).largest(3);
        assertThat(names(circuit)).isEqualTo("embed->logits");
        assertThat(circuit.figures()).isEqualTo(Map.of("requested", 3.0, "selected", 3.0, "kept", 1.0));
        assertThat(circuit.scores()).isEqualTo(scores.effects());
        assertThat(circuit.origin().method()).contains("EAP");
        assertThat(circuit.origin().data()).contains("digest");
        assertThat(circuit.origin().ablation()).contains(scores.ablation());
    }

    /** The head's large input edge is no candidate before the head is reached. */
    @Test
    void greedyGoesFromTheLogitsDownwards() {
        EdgeScores scores = scores(Map.of(
                "embed->logits", 1.0, "m0->logits", 2.0, "embed->m0", 0.5, "a0.h0->m0", 0.1, "embed->a0.h0<v>", 9.0));
        EdgeSelection selection = new EdgeSelection(scores, EdgeSelection.Order.MAGNITUDE);
        assertThat(names(selection.greedy(2))).isEqualTo("embed->logits");
        assertThat(selection.greedy(2).figures()).containsEntry("selected", 2.0);
        assertThat(names(selection.greedy(3))).isEqualTo("embed->m0 embed->logits m0->logits");
        assertThat(names(selection.greedy(5)))
                .isEqualTo("embed->a0.h0<v> embed->m0 a0.h0->m0 embed->logits m0->logits");
        assertThat(selection.greedy(100).size()).isEqualTo(UNIVERSE.size());
        assertThat(selection.greedy(0).size()).isZero();
    }

    @Test
    void refusesNumbersThatAreNone() {
        EdgeSelection selection = new EdgeSelection(scores(Map.of()), EdgeSelection.Order.MAGNITUDE);
        assertThatThrownBy(() -> selection.largest(-1)).hasMessageContaining("-1 edges");
        assertThatThrownBy(() -> selection.above(Double.NaN)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> scores(Map.of("embed->logits", Double.NaN)))
                .hasMessageContaining("embed->logits is NaN");
    }

    /** 0 for edges that are not given. */
    private static EdgeScores scores(Map<String, Double> given) {
        Map<Unit, Double> effects = new LinkedHashMap<>();
        UNIVERSE.units().forEach(unit -> effects.put(unit, given.getOrDefault(unit.name(), 0.0)));
        return new EdgeScores(
                "EAP",
                UNIVERSE,
                Metric.LOGIT_DIFFERENCE,
                Ablation.of(Ablation.Kind.RESAMPLE),
                "task",
                "digest",
                effects);
    }

    private static String names(Circuit circuit) {
        return String.join(" ", circuit.units().stream().map(Unit::name).toList());
    }
}
