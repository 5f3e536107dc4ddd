package io.reprise.analysis.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CircuitFileTest {
    @TempDir
    private Path folder;

    private static Circuit circuit(Universe universe) {
        Set<Unit> units = new LinkedHashSet<>();
        Map<Unit, Double> scores = new LinkedHashMap<>();
        for (int i = 0; i < universe.size(); i++) {
            scores.put(universe.units().get(i), Math.sin(i) / 3);
            if (i % 3 == 1) {
                units.add(universe.units().get(i));
            }
        }
        Circuit.Origin origin = new Circuit.Origin(
                Optional.of("runs/toy"),
                Optional.of("abc"),
                Optional.of("numerals"),
                Optional.of("d1"),
                Optional.of("greedy pruning"),
                Optional.of(new Ablation(Ablation.Kind.RESAMPLE, Ablation.Direction.DENOISING, Set.of("x1", "end"))),
                Optional.of(Metric.KL),
                List.of("fold_layer_norm"));
        return new Circuit("numerals", origin, universe, units, scores, Map.of("trials", 12.0, "score", 0.1));
    }

    @Test
    void comesBackAsItWasWhateverItsUnitsAre() throws Exception {
        ModelShape shape = new ModelShape(2, 3, 5, true);
        for (Universe universe : List.of(
                Universe.nodes(shape),
                Universe.neurons(shape),
                Universe.edges(shape),
                Universe.channels(shape, List.of("x1", "end")),
                Universe.nodes(new ModelShape(1, 2, 0, false)))) {
            Circuit circuit = circuit(universe);
            Path file = folder.resolve("c.json");
            CircuitFile.write(file, circuit, new AtomicFile());
            Circuit back = CircuitFile.read(file);
            assertThat(back.units()).containsExactlyElementsOf(circuit.units());
            assertThat(back.scores()).isEqualTo(circuit.scores());
            assertThat(back.figures()).isEqualTo(circuit.figures());
            assertThat(back.origin()).isEqualTo(circuit.origin());
            assertThat(back.universe().units()).isEqualTo(universe.units());
            assertThat(back.universe().shape()).isEqualTo(universe.shape());
        }
    }

    @Test
    void readsListsAsTheyArePublished() throws Exception {
        Path file = file("{\"heads\": [[0, 1], [9, 1]], \"mlps\": [9]}");
        Circuit circuit = CircuitFile.read(file, Optional.of(new CircuitFile.Size(12, 12)));
        assertThat(circuit.units().stream().map(Unit::name)).containsExactly("a0.h1", "a9.h1", "m9");
        assertThat(circuit.universe().size()).isEqualTo(156);
        assertThat(CircuitFile.read(file("{\"heads\": [], \"mlps\": [], \"n_layers\": 2, \"n_heads\": 3}"))
                        .universe()
                        .size())
                .isEqualTo(8);
        assertThatThrownBy(() -> CircuitFile.read(file)).hasMessageContainingAll("--n-layers", "n_heads");
    }

    @Test
    void refusesWhatIsNoCircuitAndSaysWhy() throws Exception {
        String published = "\"n_layers\": 2, \"n_heads\": 3";
        refused(
                "{\"heads\": [[2, 0], [0, 3], [0, -1]], \"mlps\": [5], " + published + "}",
                "a2.h0 does not exist, a0.h3 does not exist, a0.h-1 does not exist, m5 does not exist",
                "2 layers of 3 heads, counted from 0");
        refused("{\"heads\": [[0, 0], [0, 0]], " + published + "}", "a0.h0 is listed twice");
        refused("{\"heads\": [[0]], " + published + "}", "expected [layer, head]");
        refused("{\"heads\": [], \"mlp\": [1], " + published + "}", "unknown key mlp", "mlps");
        refused("[1, 2]", "is no circuit", "heads");
        refused("{\"format\": \"other\", \"version\": 1}", "format other", CircuitFile.FORMAT);
        Path good = folder.resolve("good.json");
        CircuitFile.write(good, circuit(Universe.nodes(new ModelShape(2, 3, 5, false))), new AtomicFile());
        String text = Files.readString(good);
        refused(text.replace("\"a0.h1\",", "\"a7.h1\","), "a7.h1 is not among", "another model");
        refused(text.replace("\"kind\" : \"nodes\"", "\"kind\" : \"knots\""), "kind = knots", "neurons");
        refused(text.replace("\"figures\"", "\"figure\""), "unknown key figure");
        assertThatThrownBy(() -> CircuitFile.read(folder.resolve("none.json")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> CircuitFile.read(file("{oops"))).isInstanceOf(IOException.class);
    }

    private void refused(String content, String... words) throws IOException {
        Path file = file(content);
        assertThatThrownBy(() -> CircuitFile.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(Stream.concat(Stream.of(file.toString()), Stream.of(words))
                        .toArray(String[]::new));
    }

    private Path file(String content) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "c", ".json"), content);
    }
}
