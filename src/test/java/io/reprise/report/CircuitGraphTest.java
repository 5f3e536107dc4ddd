package io.reprise.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class CircuitGraphTest {
    static Circuit nodes() {
        Set<Unit> units = new LinkedHashSet<>();
        for (int[] head : new int[][] {{0, 1}, {1, 5}, {4, 4}, {7, 11}, {9, 1}}) {
            units.add(new Unit.Head(head[0], head[1]));
        }
        units.add(new Unit.Mlp(0));
        units.add(new Unit.Mlp(9));
        Universe universe = Universe.nodes(new ModelShape(12, 12, 3072, false));
        return new Circuit("numerals", Circuit.Origin.unknown(), universe, units, Map.of(), Map.of());
    }

    static Circuit edges(int layers, int heads) {
        Universe universe = Universe.edges(new ModelShape(layers, heads, 64, false));
        Map<Unit, Double> scores = new LinkedHashMap<>();
        for (int i = 0; i < universe.size(); i++) {
            scores.put(universe.units().get(i), Math.sin(i) * (1 + i % 7));
        }
        List<Unit> strongest = universe.units().stream()
                .sorted(Comparator.comparingDouble(unit -> -Math.abs(scores.get(unit))))
                .limit(Math.max(12, universe.size() / 3))
                .toList();
        return new Circuit("edges", Circuit.Origin.unknown(), universe, Set.copyOf(strongest), scores, Map.of());
    }

    @Test
    void namesEveryComponentAndSaysWhichAreMembers() throws Exception {
        Picture picture = CircuitGraph.draw("c", nodes());
        List<String> tooltips = tooltips(picture);
        assertThat(tooltips)
                .hasSize(1 + 156)
                .contains("a7.h11: in the circuit", "m9: in the circuit", "m5: not in the circuit");
        assertThat(tooltips.stream().filter(text -> text.endsWith(": in the circuit")))
                .hasSize(7);
        assertThat(picture.caption()).isEqualTo("7 of 156 nodes.");
        assertThat(picture.png()).isNotEmpty();
    }

    @Test
    void drawsTheStrongestEdgesAsWideAsTheirScores() throws Exception {
        Circuit circuit = edges(1, 3);
        Element svg = Markup.parse(CircuitGraph.draw("c", circuit).standalone()).getDocumentElement();
        List<Double> widths = Markup.elements(svg.getOwnerDocument(), "line").stream()
                .map(line -> Double.parseDouble(line.getAttribute("stroke-width")))
                .toList();
        assertThat(widths).hasSize(circuit.size()).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(widths.get(0)).isEqualTo(7.0);
        assertThat(CircuitGraph.draw("c", edges(4, 8)).caption())
                .contains("the " + CircuitGraph.MOST_EDGES + " strongest are drawn");
    }

    @Test
    void tellsHowManyNeuronsOfAnMlpAreMembers() throws Exception {
        Universe universe = Universe.neurons(new ModelShape(1, 1, 10, false));
        Circuit circuit = new Circuit(
                "neurons",
                Circuit.Origin.unknown(),
                universe,
                Set.of(new Unit.Neuron(0, 3), new Unit.Neuron(0, 4)),
                Map.of(),
                Map.of());
        assertThat(tooltips(CircuitGraph.draw("c", circuit)))
                .contains("m0: 2 of its units", "a0.h0: not in the circuit");
    }

    private static List<String> tooltips(Picture picture) throws Exception {
        Element svg = Markup.parse(picture.standalone()).getDocumentElement();
        return Markup.elements(svg.getOwnerDocument(), "title").stream()
                .map(Element::getTextContent)
                .toList();
    }
}
