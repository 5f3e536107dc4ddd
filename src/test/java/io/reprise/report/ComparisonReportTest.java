package io.reprise.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.report.ComparisonTable.Metric;
import io.reprise.report.ComparisonTable.Row;
import io.reprise.report.ComparisonTable.Summary;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class ComparisonReportTest {
    private static final ComparisonTable TABLE = new ComparisonTable(
            "a < b",
            List.of("model.d_model"),
            List.of(Metric.of("test/accuracy"), Metric.of("final/loss")),
            List.of(
                    new Row(
                            List.of("32"),
                            List.of("seed 1", "seed 2", "seed 3"),
                            Map.of(
                                    "test/accuracy",
                                    List.of(0.5, 0.6, 0.7),
                                    "final/loss",
                                    List.of(2.0, Double.NaN, 1.0))),
                    new Row(List.of("64"), List.of("seed 1"), Map.of("test/accuracy", List.of(0.9)))));

    @Test
    void computesMeanSampleDeviationBestAndWorst() {
        Summary accuracy = TABLE.rows().get(0).summary(TABLE.metrics().get(0));
        assertThat(accuracy.mean()).isCloseTo(0.6, within(1e-12));
        assertThat(accuracy.sd()).isCloseTo(0.1, within(1e-12)); // sqrt((0.01 + 0 + 0.01) / 2)
        assertThat(accuracy.best()).isEqualTo(0.7);
        Summary loss = TABLE.rows().get(0).summary(TABLE.metrics().get(1));
        assertThat(loss.count()).isEqualTo(2);
        assertThat(loss.best()).isEqualTo(1);
        assertThat(loss.worst()).isEqualTo(2);
        assertThat(TABLE.rows().get(1).summary(TABLE.metrics().get(0)).sd()).isNaN();
    }

    @Test
    void alignsColumnsInTheTerminal() {
        assertThat(ComparisonReport.text(TABLE)).isEqualTo("""
                        d_model   runs   test/accuracy (mean ± sd)   best    final/loss (mean ± sd)
                        32        3      0.600 ± 0.100               0.700   1.500 ± 0.707
                        64        1      0.900                       0.900   –
                        """);
    }

    @Test
    void isSelfContainedWellFormedLabelledAndRepeatable() throws Exception {
        for (ComparisonTable table : List.of(TABLE, MadeUpRuns.comparison())) {
            String page = ComparisonReport.html(table, ComparisonReport.Preface.NONE);
            Document document = Markup.parse(page);
            assertThat(page)
                    .doesNotContain("http:", "https:", " src=", "<script")
                    .isEqualTo(ComparisonReport.html(table, ComparisonReport.Preface.NONE));
            assertThat(Markup.elements(document, "svg")).hasSize(2).allSatisfy(svg -> assertThat(
                            svg.getAttribute("aria-label"))
                    .contains("A dot is a run"));
        }
    }

    @Test
    void drawsADotForEveryValue() throws Exception {
        Document document = Markup.parse(ComparisonReport.html(TABLE, ComparisonReport.Preface.NONE));
        assertThat(Markup.elements(document, "circle")).hasSize(3 + 1 + 2);
    }

    @Test
    void comparesRunsWithoutKeysAndEqualValues() throws Exception {
        ComparisonTable table = new ComparisonTable(
                "t",
                List.of(),
                List.of(Metric.of("m")),
                List.of(new Row(List.of(), List.of("a", "b"), Map.of("m", List.of(0.0, 0.0)))));
        assertThat(ComparisonReport.text(table)).contains("all runs   2      0.000 ± 0.000");
        Markup.parse(ComparisonReport.html(table, ComparisonReport.Preface.NONE));
        assertThat(ComparisonReport.html(table, ComparisonReport.Preface.NONE)).doesNotContain("NaN", "Infinity");
    }

    @Test
    void knowsWhichWayIsBetter() {
        assertThat(Metric.of("best/val/loss").higherIsBetter()).isFalse();
        assertThat(Metric.of("test/determined_accuracy").higherIsBetter()).isTrue();
    }

    @Test
    void refusesRowsThatDoNotFit() {
        assertThatThrownBy(() -> new Row(List.of(), List.of("a"), Map.of("m", List.of(1.0, 2.0))))
                .hasMessageContaining("values of m are 2 for 1 runs");
        assertThatThrownBy(() -> new ComparisonTable(
                        "t", List.of("k"), List.of(Metric.of("m")), List.of(new Row(List.of(), List.of(), Map.of()))))
                .hasMessageContaining("group [] has 0 values for the keys [k]");
    }
}
