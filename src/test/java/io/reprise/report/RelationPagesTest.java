package io.reprise.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.relation.RelationResult;
import io.reprise.run.Json;
import io.reprise.run.RelationResults;
import io.reprise.weights.AtomicFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class RelationPagesTest {
    private static final AtomicFile FILES = new AtomicFile();

    @TempDir
    static Path folder;

    private static List<RelationResult> relations;
    private static List<Path> written;

    @BeforeAll
    static void write() throws Exception {
        relations = MadeUpRelations.fortySeven();
        written = RelationPages.write(folder, relations, FILES);
    }

    @Test
    void everyRelationHasAPageThatTheIndexLinksTo() throws Exception {
        assertThat(written).hasSize(49).allSatisfy(file -> assertThat(file).isRegularFile());
        Document index = Markup.parse(Files.readString(folder.resolve("index.html")));
        List<String> links = Markup.elements(index, "a").stream()
                .map(link -> link.getAttribute("href"))
                .toList();
        assertThat(links).hasSize(47).doesNotHaveDuplicates();
        assertThat(links).allSatisfy(link -> assertThat(folder.resolve(link)).isRegularFile());
    }

    @Test
    void pagesAreWellFormedLabelledSelfContainedAndFreeOfNan() throws Exception {
        for (Path page : written.subList(0, 7)) {
            String text = Files.readString(page);
            Document document = Markup.parse(text);
            assertThat(Markup.elements(document, "svg")).allSatisfy(picture -> {
                assertThat(picture.getAttribute("role")).isEqualTo("img");
                assertThat(picture.getAttribute("aria-label")).hasSizeGreaterThan(20);
            });
            assertThat(Markup.elements(document, "figure")).allSatisfy(figure -> assertThat(
                            figure.getElementsByTagName("figcaption").item(0).getTextContent())
                    .hasSizeGreaterThan(10));
            assertThat(text)
                    .as("%s", page)
                    .doesNotContain("http:", "https:", "<script", "<link", "NaN", "Infinity", "Optional[", "null");
            Set<String> ids = new HashSet<>();
            Markup.elements(document, "*").stream()
                    .map(element -> element.getAttribute("id"))
                    .filter(id -> !id.isEmpty())
                    .forEach(
                            id -> assertThat(ids.add(id)).as("id %s is new", id).isTrue());
        }
    }

    @Test
    void theIndexPutsTheMostFaithfulFirstAndThoseWithoutAScoreLast() throws Exception {
        Document index = Markup.parse(Files.readString(folder.resolve("index.html")));
        Element table = Markup.elements(index, "table").get(0);
        List<Double> shares = new ArrayList<>();
        for (int i = 0; i < table.getElementsByTagName("b").getLength(); i += 2) {
            String share = table.getElementsByTagName("b").item(i).getTextContent();
            shares.add(share.equals(Numbers.DASH) ? -1 : Double.parseDouble(share.replace("%", "")));
        }
        assertThat(shares).hasSize(47).endsWith(-1.0).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(table.getTextContent()).contains("only 2 of 44 subjects are known; 5 are needed for training");
    }

    @Test
    void theOperatorPageTellsTheNumbersOfTheRecord() throws Exception {
        RelationResult capitals = MadeUpRelations.capitals();
        Document page = Markup.parse(RelationPages.page(capitals));
        String head = Markup.elements(page, "header").get(0).getTextContent();
        double faithful = capitals.summary().get("faithfulness").mean();
        double causal = capitals.summary().get("causality").mean();
        assertThat(head)
                .contains(
                        "country capital city",
                        "The capital of {} is",
                        Numbers.percent(faithful),
                        Numbers.percent(causal),
                        "1 skipped",
                        "over 3 trials");
        String all = page.getDocumentElement().getTextContent();
        assertThat(all)
                .contains(
                        "layer that training subjects chose: 5 in 2 trials, 6 in 1.",
                        "β that training subjects chose: 2.25 in 1 trial, 2.5 in 1.",
                        "rank that training subjects chose: 32 in 2 trials, 64 in 1.",
                        "skipped: all 4 known test subjects have the same object",
                        "␣Paris");
        assertThat(Markup.elements(page, "figure")).hasSize(6);
    }

    @Test
    void failuresComeFirstAndAreMarked() throws Exception {
        Document page = Markup.parse(RelationPages.page(MadeUpRelations.capitals()));
        Element table = Markup.elements(page, "table").stream()
                .filter(candidate -> candidate.getAttribute("class").contains("outcomes"))
                .findFirst()
                .orElseThrow();
        List<String> kinds = new ArrayList<>();
        for (int i = 1; i < table.getElementsByTagName("tr").getLength(); i++) {
            kinds.add(((Element) table.getElementsByTagName("tr").item(i)).getAttribute("class"));
        }
        long failed = MadeUpRelations.capitals().trials().get(0).samples().stream()
                .filter(sample -> sample.known() && !sample.faithful())
                .count();
        assertThat(failed).isPositive();
        assertThat(kinds.subList(0, (int) failed)).containsOnly("failed");
        assertThat(kinds.subList((int) failed, kinds.size())).doesNotContain("failed");
    }

    @Test
    void oneTrialHasWilsonsIntervalAndNoStandardError() throws Exception {
        String text = Markup.parse(RelationPages.page(MadeUpRelations.oneTrial()))
                .getDocumentElement()
                .getTextContent();
        assertThat(text).contains("Wilson's 95% interval over the subjects of the one trial");
        assertThat(text).doesNotContain("Student", "standard error");
    }

    @Test
    void withoutCausalityThePageSaysSoAndLeavesItsChartsOut() throws Exception {
        Document page = Markup.parse(RelationPages.page(MadeUpRelations.withoutCausality()));
        String text = page.getDocumentElement().getTextContent();
        assertThat(text).contains("No edit could be tried").doesNotContain("Efficacy", "Came out");
        assertThat(Markup.elements(page, "figure")).hasSize(4);
    }

    @Test
    void aRelationWithoutAScoreHasAPageWithTheReason() throws Exception {
        Document page = Markup.parse(RelationPages.page(MadeUpRelations.skipped()));
        assertThat(page.getDocumentElement().getTextContent())
                .contains("No trial could be scored: only 2 of 44 subjects are known");
        assertThat(Markup.elements(page, "svg")).isEmpty();
    }

    @Test
    void oneRelationHasAComparisonWithoutAScatter(@TempDir Path single) throws Exception {
        RelationPages.write(single, List.of(MadeUpRelations.oneTrial()), FILES);
        String index = Files.readString(single.resolve("index.html"));
        Markup.parse(index);
        assertThat(index).contains("1 relation").doesNotContain("fig-relations-scatter");
        assertThatThrownBy(() -> RelationPages.write(single, List.of(), FILES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no relation");
    }

    @Test
    void namesOfFilesAreSafeAndDifferWhateverTheRelationsAreCalled() {
        List<RelationResult> awkward =
                List.of(named("index"), named("国"), named("首都"), named("A b"), named("a/b"), named("../x"));
        assertThat(RelationPages.keys(awkward))
                .containsExactly("index-2", "relation", "relation-2", "A-b", "a-b-2", "x..-x");
    }

    private static RelationResult named(String name) {
        RelationResult r = MadeUpRelations.skipped();
        return new RelationResult(
                name,
                r.model(),
                r.template(),
                r.estimator(),
                r.to(),
                r.match(),
                r.objects(),
                r.commonest(),
                r.trials(),
                r.skipped(),
                r.summary(),
                r.curves());
    }

    @Test
    void resultsAreReadBackAsTheyWereWritten() throws Exception {
        assertThat(RelationResults.read(folder.resolve("relations.json")).relations())
                .isEqualTo(relations);
    }

    @Test
    void aRunWithRelationsHasThemInItsReport(@TempDir Path run) throws Exception {
        var result = MadeUpRuns.quickstart(run);
        assertThat(RunReport.render(result, run)).doesNotContain("id=\"relations\"");
        FILES.write(
                run.resolve("relations.json"),
                Json.write(new RelationResults(
                        List.of(MadeUpRelations.capitals(), MadeUpRelations.unicode(), MadeUpRelations.skipped()))));
        Document page = Markup.parse(RunReport.render(result, run));
        Element section = Markup.elements(page, "section").stream()
                .filter(candidate -> candidate.getAttribute("id").equals("relations"))
                .findFirst()
                .orElseThrow();
        assertThat(section.getTextContent()).contains("country capital city", "国の首都", "pokemon evolution");
        assertThat(Markup.elements(page, "a")).as("a run's report stands alone").isEmpty();
    }
}
