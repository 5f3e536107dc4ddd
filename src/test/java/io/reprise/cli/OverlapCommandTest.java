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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code overlap}, with the real rooms. */
class OverlapCommandTest {
    private static final String NUMERALS = "datasets/circuits/gpt2-small-numerals.json";
    private static final String WORDS = "datasets/circuits/gpt2-small-number-words.json";

    private static final String MONTHS = "datasets/circuits/gpt2-small-months.json";

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

    /** q by hand: three p in order, times 3, 3/2 and 1, made monotone from the largest down. */
    @Test
    void ofMoreThanTwoEveryTwoAreComparedAndPIsAdjustedForTheirNumber() throws IOException {
        assertThat(overlap(NUMERALS, WORDS, MONTHS, "--heads-only"))
                .as(text(err))
                .isZero();
        String[] lines = text(out).split("\n");
        assertThat(lines[1].strip().split("\\s{2,}"))
                .containsExactly(
                        "numerals · number_words",
                        "14 · 19",
                        "13",
                        "0.650",
                        "0.121",
                        "0.872",
                        "3.46e-13",
                        "1.04e-12",
                        "2.54e-09",
                        "7.62e-09");
        assertThat(lines[2]).contains("8.39e-07   8.79e-07", "1.75e-06");
        assertThat(text(out)).contains("in all 3: 8 of the 24 units in any, by chance 0.167: a0.h1 a4.h4 a6.h1 a6.h6");
        assertThat(overlap(NUMERALS, WORDS, MONTHS, "--heads-only", "--json")).isZero();
        lines = text(out).split("\n");
        assertThat(lines).as("a line for each pair").hasSize(3);
        assertThat(new ObjectMapper().readTree(lines[2]).path("q").asDouble()).isCloseTo(8.79e-7, within(1e-9));
    }

    @Test
    void aCircuitThatIsEmptyOrTheWholeModelIsNoTestAmongOthers() throws IOException {
        Path empty = write("{\"name\": \"empty\", \"heads\": [], \"n_layers\": 12, \"n_heads\": 12}");
        assertThat(overlap(NUMERALS, empty.toString(), WORDS, "--heads-only")).isZero();
        assertThat(text(out))
                .contains("not identifiable", "an empty circuit shares nothing")
                .as("one test: q is p")
                .contains("3.46e-13   3.46e-13");
    }

    @Test
    void circuitsOfOneNameAreCalledByTheirFiles() throws IOException {
        Path copy = Files.copy(Path.of(NUMERALS), folder.resolve("copy.json"));
        assertThat(overlap(NUMERALS, copy.toString(), WORDS)).as(text(err)).isZero();
        assertThat(text(out)).contains(NUMERALS + " · " + copy, copy + " · number_words");
        assertThat(overlap(NUMERALS, NUMERALS)).isZero();
        assertThat(text(out)).contains("they share 25", "J* 1.000");
    }

    @Test
    void scoresAreComparedWithoutAThresholdWhereBothHaveThem() throws IOException {
        Path one = scored("one", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        Path turned = scored("turned", 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
        assertThat(overlap(one.toString(), turned.toString(), "--draws", "99"))
                .as(text(err))
                .isZero();
        // L1-normed by 55: smaller ones sum to 2·(1+…+5) = 30, larger ones to 2·(6+…+10) = 80
        assertThat(text(out))
                .contains("scores of 10 units, without a threshold: weighted jaccard 0.375 (by chance ")
                .contains("spearman -1.000", "kendall tau b -1.000", "sign agreement 1.000");
        assertThat(overlap(one.toString(), turned.toString(), "--json")).isZero();
        assertThat(new ObjectMapper()
                        .readTree(text(out))
                        .at("/scores/measures/spearman/value")
                        .asDouble())
                .isCloseTo(-1, within(1e-12));
        assertThat(overlap(NUMERALS, WORDS)).isZero();
        assertThat(text(out)).doesNotContain("threshold");
        refused("draws = 0", one.toString(), turned.toString(), "--draws", "0");
    }

    private Path scored(String name, double... scores) throws IOException {
        Universe universe = Universe.heads(new ModelShape(2, 5, 0, false));
        Map<Unit, Double> byUnit = new LinkedHashMap<>();
        for (double score : scores) {
            byUnit.put(universe.units().get(byUnit.size()), score);
        }
        Path file = folder.resolve(name + ".json");
        Set<Unit> units = Set.of(universe.units().get(0));
        CircuitFile.write(
                file, new Circuit(name, Circuit.Origin.unknown(), universe, units, byUnit, Map.of()), new AtomicFile());
        return file;
    }

    @Test
    void mistakesAreTheUsersAndSaidOnce() throws IOException {
        Path small = write("{\"heads\": [[0, 0]], \"mlps\": [], \"n_layers\": 2, \"n_heads\": 3}");
        refused("CIRCUIT", NUMERALS);
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
