package io.reprise.analysis.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.tensor.Rng;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever a circuit is, its file says it all. */
class CircuitFileLawTest {
    @Property(tries = 60)
    void whatIsReadIsWhatWasWritten(
            @ForAll Universe.Kind kind,
            @ForAll @IntRange(min = 0, max = 3) int layers,
            @ForAll @IntRange(min = 1, max = 4) int heads,
            @ForAll @IntRange(min = 0, max = 5) int dMlp,
            @ForAll boolean parallel,
            @ForAll Optional<Ablation.Kind> ablation,
            @ForAll Optional<Metric> metric,
            @ForAll String text,
            @ForAll long seed)
            throws IOException {
        Universe universe = universe(kind, new ModelShape(layers, heads, dMlp, parallel));
        Rng rng = Rng.of(seed);
        Set<Unit> units = new LinkedHashSet<>();
        Map<Unit, Double> scores = new LinkedHashMap<>();
        for (Unit unit : universe.units()) {
            if (rng.nextInt(2) == 0) {
                units.add(unit);
            }
            if (rng.nextInt(2) == 0) {
                scores.put(unit, rng.nextGaussian() * Math.pow(10, rng.nextInt(40) - 20));
            }
        }
        Circuit.Origin origin = new Circuit.Origin(
                Optional.of(text),
                Optional.empty(),
                Optional.of("task " + text),
                Optional.of("digest"),
                Optional.of("method"),
                ablation.map(Ablation::of),
                metric,
                List.of("fold_layer_norm", text));
        Circuit circuit = new Circuit(text, origin, universe, units, scores, Map.of(text, rng.nextDouble()));
        Path file = Files.createTempFile("circuit", ".json");
        try {
            CircuitFile.write(file, circuit, new AtomicFile());
            Circuit back = CircuitFile.read(file);
            assertThat(back.name()).isEqualTo(circuit.name());
            assertThat(back.origin()).isEqualTo(circuit.origin());
            assertThat(back.universe().same(universe)).isTrue();
            assertThat(back.units()).containsExactlyElementsOf(circuit.units());
            assertThat(back.scores()).isEqualTo(circuit.scores());
            assertThat(back.figures()).isEqualTo(circuit.figures());
        } finally {
            Files.delete(file);
        }
    }

    private static Universe universe(Universe.Kind kind, ModelShape shape) {
        return switch (kind) {
            case NODES -> Universe.nodes(shape);
            case NEURONS -> Universe.neurons(shape);
            case EDGES -> Universe.edges(shape);
            case CHANNELS -> Universe.channels(shape, List.of("x1", "sep", "end"));
        };
    }
}
