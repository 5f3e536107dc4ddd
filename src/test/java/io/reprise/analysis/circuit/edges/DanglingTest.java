package io.reprise.analysis.circuit.edges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Receiver;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DanglingTest {
    /** Against all paths from the embedding, walked one by one. */
    @Property(tries = 200)
    void whatIsKeptAreTheEdgesOnPathsFromTheEmbeddingToTheLogits(
            @ForAll @IntRange(min = 0, max = 3) int layers,
            @ForAll @IntRange(min = 1, max = 2) int heads,
            @ForAll @IntRange(min = 0, max = 2) int block,
            @ForAll @IntRange(min = 1, max = 9) int tenths,
            @ForAll long seed) {
        Universe universe = Universe.edges(new ModelShape(layers, heads, block == 0 ? 0 : 5, block == 2));
        Set<Unit> edges = Toys.some(universe, tenths / 20.0, Rng.of(seed));
        Set<Unit> onPaths = new HashSet<>();
        walk("embed", edges, new ArrayList<>(), onPaths);
        assertThat(Dangling.without(universe, edges)).containsExactlyInAnyOrderElementsOf(onPaths);
    }

    private static void walk(String at, Collection<Unit> edges, List<Unit> path, Set<Unit> onPaths) {
        if (at.equals("logits")) {
            onPaths.addAll(path);
            return;
        }
        for (Unit unit : edges) {
            Unit.Edge edge = (Unit.Edge) unit;
            if (edge.from().name().equals(at)) {
                List<Unit> longer = new ArrayList<>(path);
                longer.add(edge);
                String to = edge.to() instanceof Receiver.HeadInput input
                        ? "a" + input.layer() + ".h" + input.head()
                        : edge.to().name();
                walk(to, edges, longer, onPaths);
            }
        }
    }

    @Test
    void theWholeModelHasNoneAndNothingIsLeftWithoutTheLogits() {
        Universe universe = Universe.edges(new ModelShape(2, 2, 4, false));
        assertThat(Dangling.without(universe, universe.all())).isEqualTo(universe.all());
        Set<Unit> unread = new HashSet<>(universe.units());
        unread.removeIf(unit -> ((Unit.Edge) unit).to() instanceof Receiver.Logits);
        assertThat(Dangling.without(universe, unread)).isEmpty();
        assertThatThrownBy(() -> Dangling.without(Universe.nodes(universe.shape()), Set.of()))
                .hasMessageContaining("paths are made of edges");
    }

    @Test
    void edgesHaveTheNumbersOfTheirPlacesInTheUniverse() {
        for (boolean parallel : new boolean[] {false, true}) {
            for (int dMlp : new int[] {0, 4}) {
                Wiring wiring = new Wiring(new ModelShape(2, 3, dMlp, parallel));
                List<Unit> units = wiring.universe().units();
                boolean[][] none = wiring.mask(Set.of());
                int place = 0;
                for (int receiver = 0; receiver < none.length; receiver++) {
                    for (int sender = 0; sender < none[receiver].length; sender++) {
                        Unit.Edge edge = (Unit.Edge) units.get(place++);
                        assertThat(wiring.number(edge.to())).isEqualTo(receiver);
                        assertThat(wiring.number(edge.from())).isEqualTo(sender);
                        assertThat(wiring.mask(Set.of(edge))[receiver][sender]).isTrue();
                    }
                }
                assertThat(place).isEqualTo(units.size());
            }
        }
    }
}
