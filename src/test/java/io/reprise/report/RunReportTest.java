package io.reprise.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.run.ExpectationResult;
import io.reprise.run.RunResult;
import io.reprise.run.Score;
import java.io.ByteArrayInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class RunReportTest {
    @TempDir
    static Path sortingDirectory;

    @TempDir
    static Path quickstartDirectory;

    private static RunResult sorting;
    private static String sortingPage;
    private static List<String> pages;

    @BeforeAll
    static void render() throws Exception {
        sorting = MadeUpRuns.sorting(sortingDirectory);
        sortingPage = RunReport.render(sorting, sortingDirectory);
        RunResult quickstart = MadeUpRuns.quickstart(quickstartDirectory);
        pages = List.of(sortingPage, RunReport.render(quickstart, quickstartDirectory));
    }

    @Test
    void isWellFormedAndEveryPictureHasALabel() throws Exception {
        for (String page : pages) {
            Document document = Markup.parse(page);
            List<Element> pictures = new ArrayList<>(Markup.elements(document, "svg"));
            pictures.addAll(Markup.elements(document, "img"));
            assertThat(pictures).hasSizeGreaterThan(8).allSatisfy(picture -> {
                assertThat(picture.getAttribute("role")).isEqualTo("img");
                assertThat(picture.getAttribute("aria-label")).hasSizeGreaterThan(20);
            });
            assertThat(Markup.elements(document, "figure")).allSatisfy(figure -> assertThat(
                            figure.getElementsByTagName("figcaption").item(0).getTextContent())
                    .hasSizeGreaterThan(10));
        }
    }

    @Test
    void isSelfContained() throws Exception {
        for (String page : pages) {
            assertThat(page).doesNotContain("http:", "https:", "<script", "<link", "@import", " src=");
            assertThat(page.replace("href=\"data:image/png;base64,", "")).doesNotContain("href=");
            assertThat(page.replaceAll("url\\(#c-", "")).doesNotContain("url(");
        }
    }

    @Test
    void usesEveryIdOnceAndRefersToIdsThatExist() throws Exception {
        for (String page : pages) {
            Set<String> ids = new HashSet<>();
            for (Element element : Markup.elements(Markup.parse(page), "*")) {
                if (element.hasAttribute("id")) {
                    assertThat(ids.add(element.getAttribute("id")))
                            .as("id %s is new", element.getAttribute("id"))
                            .isTrue();
                }
            }
            java.util.regex.Matcher uses =
                    java.util.regex.Pattern.compile("url\\(#([^)]*)\\)").matcher(page);
            while (uses.find()) {
                assertThat(ids).contains(uses.group(1));
            }
        }
    }

    @Test
    void givesTheSameBytesForTheSameRun() {
        assertThat(RunReport.render(sorting, sortingDirectory)).isEqualTo(sortingPage);
    }

    @Test
    void staysSmall() {
        assertThat(pages).allSatisfy(page -> assertThat(page.length()).isLessThan(400_000));
    }

    @Test
    void printsTheNumbersOfTheRecords() throws Exception {
        List<Element> tables = Markup.elements(Markup.parse(sortingPage), "table").stream()
                .filter(table -> table.getAttribute("class").contains("scores"))
                .toList();
        List<String> rows = new ArrayList<>();
        for (Element table : tables) {
            for (int i = 0; i < table.getElementsByTagName("tr").getLength(); i++) {
                rows.add(table.getElementsByTagName("tr").item(i).getTextContent());
            }
        }
        for (Score score : sorting.scores()) {
            String counted = Numbers.count(score.correct()) + " / " + Numbers.count(score.total());
            assertThat(rows).anySatisfy(row -> assertThat(row)
                    .startsWith(score.kind().replace('_', ' '))
                    .contains(Numbers.percent(score.accuracy()) + IntervalBar.interval(score))
                    .endsWith(Numbers.percent(score.ceiling())
                            + Numbers.percent(score.bigram())
                            + Numbers.percent(score.trigram())
                            + counted));
        }
        assertThat(rows).anySatisfy(row -> assertThat(row)
                .isEqualTo(
                        "seenits previous → next step is in training99.99%99.96% to 100%100%6.6%8.0%16,200 / 16,201"));
        assertThat(rows).anySatisfy(row -> assertThat(row).endsWith("––100%––0 / 0"));
    }

    @Test
    void tellsQuestionAnswerDecidingNumberAndVerdicts() throws Exception {
        Document document = Markup.parse(sortingPage);
        String head = Markup.elements(document, "header").get(0).getTextContent();
        assertThat(head)
                .contains(
                        sorting.question(),
                        sorting.answer(),
                        "99.56%",
                        "test/whole_answer_accuracy",
                        "1 of 2",
                        "1 more not measured in this run");
        String table = Markup.elements(document, "table").get(0).getTextContent();
        assertThat(table).contains("at least 0.9980.9991–✓ met", "0.9956bigram 0.0002✗ not met", "–✗ not measured");
    }

    @Test
    void decidesByTheFailedThenTheControlledThenTheFirstExpectation() throws Exception {
        ExpectationResult first = new ExpectationResult("a/x", "", 1, true, "");
        ExpectationResult controlled = new ExpectationResult("b/x", "", 1, true, "bigram 0.5");
        ExpectationResult failed = new ExpectationResult("c/x", "", 1, false, "");
        assertThat(HeadSection.deciding(with(List.of(first, controlled, failed))))
                .contains("c/x");
        assertThat(HeadSection.deciding(with(List.of(first, controlled)))).contains("b/x");
        assertThat(HeadSection.deciding(with(List.of(first)))).contains("a/x");
        assertThat(HeadSection.deciding(with(List.of()))).contains("test/determined_accuracy");
    }

    private RunResult with(List<ExpectationResult> expectations) {
        return new RunResult(
                sorting.name(),
                sorting.configHash(),
                1,
                "finished",
                "",
                "",
                1,
                1,
                "",
                "",
                sorting.data(),
                sorting.metrics(),
                sorting.scores(),
                expectations,
                List.of(),
                List.of(),
                sorting.secondsByPhase());
    }

    @Test
    void rendersARunWithoutAnythingOptional() throws Exception {
        RunResult bare = new RunResult(
                "bare",
                "0",
                1,
                "stopped_not_finite",
                "loss is NaN at step 7",
                "",
                0,
                7,
                "",
                "",
                sorting.data(),
                java.util.Map.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                java.util.Map.of());
        String page = RunReport.render(bare, sortingDirectory.resolve("nowhere"));
        assertThat(Markup.parse(page).getDocumentElement().getTextContent())
                .contains("did not finish (stopped not finite): loss is NaN at step 7", "The run gave no answer.");
    }

    @Test
    void writesEveryPictureAsSvgAndPng(@TempDir Path directory) throws Exception {
        MadeUpRuns.sorting(directory);
        List<Path> written = RunReport.write(sorting, directory);
        assertThat(written.get(0)).hasFileName("report.html").hasContent(sortingPage);
        assertThat(written.stream().map(path -> path.getFileName().toString()))
                .contains(
                        "ov-0.0.svg",
                        "ov-0.0.png",
                        "curve-loss.svg",
                        "curve-loss.png",
                        "accuracy-by-position-test.png");
        for (Path path : written) {
            if (path.toString().endsWith(".svg")) {
                Element svg = Markup.parse(Files.readString(path)).getDocumentElement();
                assertThat(svg.getAttribute("xmlns")).isEqualTo("http://www.w3.org/2000/svg");
                assertThat(svg.getAttribute("aria-label")).isNotBlank();
            } else if (path.toString().endsWith(".png")) {
                byte[] bytes = Files.readAllBytes(path);
                assertThat(ImageIO.read(new ByteArrayInputStream(bytes)).getWidth())
                        .isEqualTo(780);
            }
        }
        byte[] first = Files.readAllBytes(directory.resolve("figures/curve-loss.png"));
        RunReport.write(sorting, directory);
        assertThat(Files.readAllBytes(directory.resolve("figures/curve-loss.png")))
                .isEqualTo(first);
    }

    @Test
    void namesADamagedLineButForgivesALastOneCutShort(@TempDir Path directory) throws Exception {
        Path metrics = directory.resolve("metrics.jsonl");
        Files.writeString(metrics, "{\"step\":1,\"train/loss\":2.5}\n{\"step\":2,\"train/lo");
        assertThat(CurveData.read(metrics).byName().get("train/loss")).containsExactly(new CurveData.Point(1, 2.5));
        Files.writeString(metrics, "{\"step\":1}\n{\"step\":2,\n{\"step\":3}\n");
        assertThatThrownBy(() -> RunReport.render(sorting, directory))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("metrics.jsonl line 2 is not a line of metrics");
    }

    @Test
    void leavesOutValuesThatAreNotFinite(@TempDir Path directory) throws Exception {
        Path metrics = directory.resolve("metrics.jsonl");
        Files.writeString(metrics, "{\"step\":1,\"train/loss\":\"NaN\"}\n{\"step\":2,\"train/loss\":\"Infinity\"}\n");
        assertThat(CurveData.read(metrics).byName()).isEmpty();
        assertThat(RunReport.render(sorting, directory)).doesNotContain("Training curves");
    }

    @Test
    void drawsCurvesOfOnePointAndOfConstantsAndOfZeros(@TempDir Path directory) throws Exception {
        Files.writeString(
                directory.resolve("metrics.jsonl"),
                "{\"step\":5,\"train/loss\":0,\"val/accuracy\":0,\"train/lr\":0.001,\"train/grad_norm\":3}\n");
        String page = RunReport.render(sorting, directory);
        Markup.parse(page);
        assertThat(page).contains("fig-curve-grad_norm", "Constant at 0.001 throughout.", "never reaches 99%");
    }

    @Test
    void thinsLongCurvesButKeepsEverySpikeAndBothEnds() {
        List<CurveData.Point> points = new ArrayList<>();
        for (int step = 0; step < 100_000; step++) {
            points.add(new CurveData.Point(step, step == 77_777 ? 50 : Math.sin(step)));
        }
        List<CurveData.Point> thin = CurveData.thinned(points, 150);
        assertThat(thin).hasSizeLessThanOrEqualTo(302).contains(points.get(0), points.get(77_777), points.get(99_999));
        assertThat(thin).isSortedAccordingTo(java.util.Comparator.comparingDouble(CurveData.Point::step));
    }
}
