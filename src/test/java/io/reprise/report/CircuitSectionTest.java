package io.reprise.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.run.CircuitResults;
import io.reprise.run.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class CircuitSectionTest {
    private static final CircuitSection.Pictures PICTURES =
            CircuitSection.Pictures.of(Optional.of(MadeUpCircuits.results()), MadeUpCircuits.circuits());

    @Test
    void givesEachTasksFiguresBesideThoseOfRandomCircuits() throws Exception {
        List<String> row = cells(tables(page()).get(0), 0);
        assertThat(row)
                .containsExactly(
                        "numeralsby greedy",
                        "95.0%let in",
                        "3of 33",
                        "not identifiable",
                        "0.96[0.90, 1.03]",
                        "0.21[−0.14, 0.47], p 0.010",
                        "0.96[0.90, 1.03]",
                        "–",
                        "–");
        assertThat(cells(tables(page()).get(0), 2)).contains("25.0%refused, but forced", "0of 33");
    }

    @Test
    void givesEachPairsOverlapWithIntervalsAndExactProbabilities() throws Exception {
        Element table = tables(page()).get(1);
        // sizes 3 and 2 of 33, both shared: C(3,2)/C(33,2) = 3/528; by stratum v 1/8 · z 1/8
        assertThat(cells(table, 0).get(8)).startsWith("0.0156");
        assertThat(cells(table, 0).subList(0, 8))
                .containsExactly(
                        "numerals and number words",
                        "0.88[0.63, 1.13]",
                        "0.93[0.58, 1.31]",
                        "0.64[0.52, 0.83]",
                        "3 · 2",
                        "2",
                        "66.7% · 100%",
                        "0.005682");
        assertThat(cells(table, 1).subList(1, 4))
                .containsExactly("not identifiable", "not identifiable", "−0.11[−0.32, 0.07]");
    }

    @Test
    void concludesFromTheLowerEndsOfIntervals() {
        List<CircuitResults.Overlap> overlaps = MadeUpCircuits.results().overlaps();
        assertThat(OverlapSection.conclusion(overlaps.get(0)))
                .contains("Structure: parts are shared beyond chance")
                .contains("Function: each does the other's task");
        // one way that fails is enough, though the other is unknown
        assertThat(OverlapSection.conclusion(overlaps.get(1)))
                .contains("Structure: not identifiable (an empty circuit shares nothing")
                .contains("Function: that each does the other's task is not shown");
        assertThat(OverlapSection.conclusion(overlaps.get(2)))
                .contains("Structure: not identifiable", "Function: not identifiable");
    }

    @Test
    void matricesAreAsymmetricWhereTheirFiguresAreAndSayWhatIsNotIdentifiable() throws Exception {
        assertThat(PICTURES.overlaps())
                .extracting(Picture::id)
                .containsExactly("overlap-csi", "overlap-jaccard", "overlap-transfer", "overlap-necessity");
        // what stands in the cells, row by row
        assertThat(texts(PICTURES.overlaps().get(0)))
                .containsSubsequence("same task", "0.88", "0.63 to 1.13", "not identifiable")
                .containsSubsequence("0.88", "0.63 to 1.13", "same task", "not identifiable")
                .contains("0: random circuits", "1: one task, other prompts");
        assertThat(texts(PICTURES.overlaps().get(1))).contains("0.72", "(0.09, 0.81)", "0.05", "(0.06, 0.07)");
        List<String> tau = texts(PICTURES.overlaps().get(2));
        assertThat(tau).containsSubsequence("same task", "0.93", "not identifiable", "0.64", "same task", "−0.11");
        assertThat(tooltips(PICTURES.overlaps().get(3)))
                .contains(
                        "number_words without the circuit of numerals: 0.77",
                        "numerals without the circuit of number_words: 0.43",
                        "letters without its own circuit: 0.38");
    }

    @Test
    void aCircuitOfChannelsIsAGridWithItsMembersFilled() throws Exception {
        Picture grid = PICTURES.circuits().get(0);
        List<String> tooltips = tooltips(grid);
        assertThat(tooltips)
                .hasSize(33)
                .contains("a0.h1.v@x2: in the circuit", "m0: in the circuit", "a0.h0.q@x1: not in the circuit");
        assertThat(tooltips.stream().filter(text -> text.endsWith(": in the circuit")))
                .hasSize(3);
        assertThat(grid.caption()).startsWith("3 of 33 channels").doesNotContain("left out");
        assertThatThrownBy(() -> ChannelGrid.draw("c", CircuitGraphTest.nodes()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected channels");
    }

    @Test
    void ofManyHeadsOnlyThoseWithAMemberAreShown() throws Exception {
        Universe large = Universe.channels(new ModelShape(4, 8, 8, false), List.of("x1", "end"));
        LinkedHashSet<Unit> units = new LinkedHashSet<>();
        units.add(large.units().get(0));
        Circuit circuit = new Circuit("one", Circuit.Origin.unknown(), large, units, Map.of(), Map.of());
        Picture grid = ChannelGrid.draw("c", circuit);
        assertThat(grid.caption()).contains("Heads without a member are left out");
        // one head's four ports at two roles, and four MLPs
        assertThat(tooltips(grid)).hasSize(4 * 2 + 4);
    }

    @Test
    void manyTasksStillFitAndNothingIsLost() throws Exception {
        CircuitResults results = MadeUpCircuits.results();
        List<CircuitResults.Task> tasks = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            CircuitResults.Task t = results.tasks().get(i % 3);
            tasks.add(new CircuitResults.Task(
                    i < 3 ? t.name() : "a_task_with_a_long_name_" + i,
                    t.prompts(),
                    t.screening(),
                    t.method(),
                    t.size(),
                    t.universe(),
                    t.score(),
                    t.own(),
                    t.evaluation(),
                    t.check()));
        }
        Picture csi = OverlapSection.pictures(new CircuitResults(tasks, results.overlaps()))
                .get(0);
        assertThat(csi.width()).isLessThan(640);
        assertThat(tooltips(csi)).hasSize(81).contains("numerals and a_task_with_a_long_name_3 were not compared");
    }

    @Test
    void aSingleTaskHasNoOverlaps() {
        CircuitResults one =
                new CircuitResults(List.of(MadeUpCircuits.results().tasks().get(0)), List.of());
        assertThat(OverlapSection.pictures(one)).isEmpty();
        assertThat(html(one, new CircuitSection.Pictures(List.of(), List.of()))).doesNotContain("Re-use");
        assertThat(html(new CircuitResults(List.of(), List.of()), PICTURES)).doesNotContain("id=\"circuits\"");
    }

    @Test
    void textsAreEscaped() {
        assertThat(html(MadeUpCircuits.results(), PICTURES))
                .contains("prompts &amp; &#39;others&#39; &lt;as such&gt;", "no better than &lt;random&gt; ones")
                .doesNotContain("<as such>", "<random>");
    }

    @Test
    void theResultsSurviveTheirFile(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("circuits.json");
        Files.writeString(file, Json.write(MadeUpCircuits.results()));
        assertThat(CircuitResults.read(file)).isEqualTo(MadeUpCircuits.results());
    }

    private static String html(CircuitResults results, CircuitSection.Pictures pictures) {
        return Page.of("circuits", html -> CircuitSection.write(html, Optional.of(results), pictures));
    }

    private static Document page() throws Exception {
        return Markup.parse(html(MadeUpCircuits.results(), PICTURES));
    }

    private static List<Element> tables(Document page) {
        return Markup.elements(page, "table");
    }

    private static List<String> cells(Element table, int row) {
        Element body = (Element) table.getElementsByTagName("tbody").item(0);
        Element line = (Element) body.getElementsByTagName("tr").item(row);
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < line.getChildNodes().getLength(); i++) {
            cells.add(line.getChildNodes().item(i).getTextContent());
        }
        return cells;
    }

    private static List<String> texts(Picture picture) throws Exception {
        return Markup.elements(Markup.parse(picture.standalone()), "text").stream()
                .map(Element::getTextContent)
                .toList();
    }

    private static List<String> tooltips(Picture picture) throws Exception {
        return Markup.elements(Markup.parse(picture.standalone()), "title").stream()
                .map(Element::getTextContent)
                .skip(1) // the picture's own
                .toList();
    }
}
