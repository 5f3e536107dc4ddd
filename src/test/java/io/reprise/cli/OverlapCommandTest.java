package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.CircuitFile;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.weights.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code overlap}, with the real rooms. */
class OverlapCommandTest {
    private static final String NUMERALS = "datasets/circuits/gpt2-small-numerals.json";
    private static final String WORDS = "datasets/circuits/gpt2-small-number-words.json";

    /** ln P(X ≥ 13) and J*, from Python's whole numbers and fractions. */
    private static final double LOG_P = -28.693286933290874;

    private static final double ADJUSTED = 0.8715195456266296;

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void tellsWhatThePublishedCircuitsShare() {
        assertThat(overlap(NUMERALS, WORDS, "--heads-only")).as(text(err)).isZero();
        assertThat(text(out))
                .startsWith("numerals has 14 and number_words 19 of 144 units; they share 13\n")
                .contains(
                        "a0.h1 a1.h5 a4.h4 a4.h10 a6.h1",
                        "J 0.650",
                        "overlap coefficient 0.929",
                        "in number_words: 0.929");
    }

    /** Against Python's exact integers: sum of C(14, x)·C(130, 19 − x) over C(144, 19) for x from 13. */
    @Test
    void pIsExact() throws IOException {
        assertThat(overlap(NUMERALS, WORDS, "--heads-only", "--json"))
                .as(text(err))
                .isZero();
        JsonNode json = new ObjectMapper().readTree(text(out));
        JsonNode found = json.path("overlap");
        assertThat(found.path("log_p").asDouble()).isCloseTo(LOG_P, within(1e-9));
        assertThat(found.path("adjusted_jaccard").asDouble()).isCloseTo(ADJUSTED, within(1e-9));
        assertThat(json.path("shared")).hasSize(13);
    }

    @Test
    void emptyAndFullCircuitsSayThatNothingCanBeSaid() throws IOException {
        Universe universe = Universe.nodes(new ModelShape(2, 3, 4, false));
        for (Set<Unit> units : List.of(Set.<Unit>of(), universe.all())) {
            Path file = folder.resolve("c.json");
            CircuitFile.write(
                    file,
                    new Circuit("c", Circuit.Origin.unknown(), universe, units, Map.of(), Map.of()),
                    new AtomicFile());
            assertThat(overlap(file.toString(), file.toString())).isZero();
            assertThat(text(out))
                    .contains("J* not identifiable", "not identifiable: ")
                    .doesNotContain("J* 1");
        }
    }

    @Test
    void mistakesAreTheUsersAndSaidOnce() throws IOException {
        Path small = write("{\"heads\": [[0, 0]], \"mlps\": [], \"n_layers\": 2, \"n_heads\": 3}");
        refused("another model", NUMERALS, small.toString());
        Path outside = write("{\"heads\": [[12, 0]], \"mlps\": [], \"n_layers\": 12, \"n_heads\": 12}");
        refused("a12.h0 does not exist", NUMERALS, outside.toString());
        refused("--n-layers", NUMERALS, write("{\"heads\": [[0, 0]]}").toString());
        refused("does not exist", NUMERALS, folder.resolve("none.json").toString());
        Path edges = folder.resolve("edges.json");
        Universe universe = Universe.edges(new ModelShape(1, 1, 0, false));
        CircuitFile.write(
                edges,
                new Circuit("edges", Circuit.Origin.unknown(), universe, universe.all(), Map.of(), Map.of()),
                new AtomicFile());
        refused("edges", small.toString(), edges.toString());
        refused("heads alone", small.toString(), edges.toString(), "--heads-only");
    }

    private void refused(String words, String... arguments) {
        err.reset();
        assertThat(overlap(arguments)).isEqualTo(2);
        assertThat(text(err)).contains(words).doesNotContain("Exception");
    }

    private Path write(String content) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "list", ".json"), content);
    }

    private int overlap(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "overlap";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        out.reset();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                100);
        return Reprise.run(new Rooms(List.of(all), folder), terminal, all);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
