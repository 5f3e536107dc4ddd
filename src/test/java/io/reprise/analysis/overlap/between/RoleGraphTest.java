package io.reprise.analysis.overlap.between;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Port;
import io.reprise.analysis.circuit.Receiver;
import io.reprise.analysis.circuit.Sender;
import io.reprise.analysis.circuit.Unit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoleGraphTest {
    private static final Unit.Head PREVIOUS = new Unit.Head(0, 1);
    private static final Unit.Head INDUCTION = new Unit.Head(1, 0);
    private static final Unit.Mlp MLP = new Unit.Mlp(1);

    @Test
    void sharesAreOfTheWholeByRole() {
        RoleGraph graph = RoleGraph.of(
                        Map.of(PREVIOUS, "previous token", INDUCTION, "induction"), edges(PREVIOUS, INDUCTION))
                .orElseThrow();
        assertThat(graph.shares())
                .isEqualTo(Map.of(
                        "embed", Map.of("previous token", 0.25),
                        "previous token", Map.of("induction", 0.5),
                        "induction", Map.of("logits", 0.125, "other", 0.125)));
    }

    @Test
    void anAlgorithmThatMovedToOtherHeadsIsTheSame() {
        Unit.Head late = new Unit.Head(5, 3);
        Unit.Head later = new Unit.Head(7, 2);
        RoleGraph here = RoleGraph.of(Map.of(PREVIOUS, "p", INDUCTION, "i"), edges(PREVIOUS, INDUCTION))
                .orElseThrow();
        RoleGraph there =
                RoleGraph.of(Map.of(late, "p", later, "i"), edges(late, later)).orElseThrow();
        assertThat(here.similarity(there)).isEqualTo(1);
    }

    @Test
    void similarityIsOneMinusJensenShannonInBits() {
        RoleGraph one = new RoleGraph(Map.of("a", Map.of("b", 0.5, "c", 0.5)));
        RoleGraph other = new RoleGraph(Map.of("a", Map.of("b", 1.0)));
        // JS of (½, ½) and (1, 0): H(¾, ¼) − ½ H(½, ½) − ½ H(1) = 0.8112781 − 0.5
        assertThat(one.similarity(other)).isCloseTo(1 - 0.3112781244591328, within(1e-12));
        assertThat(other.similarity(one)).isEqualTo(one.similarity(other));
        RoleGraph apart = new RoleGraph(Map.of("b", Map.of("a", 1.0)));
        assertThat(other.similarity(apart)).isCloseTo(0, within(1e-12));
    }

    @Test
    void nothingAttributedIsNoGraph() {
        assertThat(RoleGraph.of(Map.of(), Map.of())).isEmpty();
        assertThatThrownBy(() -> RoleGraph.of(Map.of(), Map.of(MLP, 1.0))).hasMessageContaining("m1 is no edge");
    }

    @Test
    void edgeMatricesAddUpTheEdgesIntoAHeadAndLeaveEmbeddingAndLogitsOut() {
        Map<Unit, Double> scores = edges(PREVIOUS, INDUCTION);
        scores.put(new Unit.Edge(PREVIOUS, new Receiver.HeadInput(1, 0, Port.V)), 4.0);
        List<Unit> units = List.of(PREVIOUS, INDUCTION, MLP);
        double[][] joints = EdgeMatrix.ofEdges(scores, units).between(units);
        // 4 + 4 into the induction head, 1 into the MLP, over the largest
        assertThat(joints).isDeepEqualTo(new double[][] {{0, 1, 0}, {0, 0, 0.125}, {0, 0, 0}});
        assertThatThrownBy(() -> new EdgeMatrix(units, new double[2][3])).hasMessageContaining("3 components");
    }

    private static Map<Unit, Double> edges(Unit.Head first, Unit.Head second) {
        Map<Unit, Double> edges = new LinkedHashMap<>();
        edges.put(
                new Unit.Edge(new Sender.Embedding(), new Receiver.HeadInput(first.layer(), first.head(), Port.V)),
                2.0);
        edges.put(new Unit.Edge(first, new Receiver.HeadInput(second.layer(), second.head(), Port.K)), -4.0);
        edges.put(new Unit.Edge(second, new Receiver.Logits(8)), 1.0);
        edges.put(new Unit.Edge(second, new Receiver.MlpInput(second.layer())), 1.0);
        return edges;
    }
}
