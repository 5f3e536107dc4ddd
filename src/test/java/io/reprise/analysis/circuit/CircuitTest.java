package io.reprise.analysis.circuit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CircuitTest {
    private static final ModelShape SHAPE = new ModelShape(2, 3, 4, false);

    private static Circuit circuit(String name, Universe universe, String fingerprint) {
        Circuit.Origin origin = new Circuit.Origin(
                Optional.empty(),
                Optional.of(fingerprint).filter(text -> !text.isEmpty()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
        return new Circuit(name, origin, universe, Set.of(), Map.of(), Map.of());
    }

    @Test
    void circuitsOfOneModelGoTogether() {
        Circuit mine = circuit("A", Universe.nodes(SHAPE), "f1");
        assertThatCode(() -> mine.requireSameModel(circuit("B", Universe.nodes(SHAPE), "f1")))
                .doesNotThrowAnyException();
        // published lists have no fingerprint: their shape is all that can be held against them
        assertThatCode(() -> mine.requireSameModel(circuit("B", Universe.nodes(SHAPE), "")))
                .doesNotThrowAnyException();
    }

    @Test
    void circuitsOfAnotherModelOrGranularityAreRefused() {
        Circuit mine = circuit("A", Universe.nodes(SHAPE), "f1");
        refused(mine, circuit("B", Universe.nodes(SHAPE), "f2"), "circuit of another model", "f1 and f2");
        Universe other = Universe.nodes(new ModelShape(3, 3, 4, false));
        refused(mine, circuit("B", other, "f1"), "A is a circuit of another model", "2 layers", "B has", "3 layers");
        refused(mine, circuit("B", Universe.neurons(SHAPE), "f1"), "A is made of nodes and B of neurons");
        refused(
                circuit("A", Universe.channels(SHAPE, List.of("x1")), "f1"),
                circuit("B", Universe.channels(SHAPE, List.of("x2")), "f1"),
                "with other roles");
    }

    private static void refused(Circuit a, Circuit b, String... words) {
        assertThatThrownBy(() -> a.requireSameModel(b))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(words);
    }
}
