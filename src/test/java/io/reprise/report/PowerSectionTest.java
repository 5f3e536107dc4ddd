package io.reprise.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.report.ComparisonTable.Metric;
import io.reprise.report.ComparisonTable.Row;
import io.reprise.stats.SeedPower;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PowerSectionTest {
    private static final String WORDS = "overlap/numerals-words/csi";
    private static final String MONTHS = "overlap/numerals-months/csi";
    private static final List<String> SEEDS = List.of("seed 1", "seed 2", "seed 3", "seed 4", "seed 5");
    private static final List<Metric> METRICS = List.of(
            Metric.of(WORDS), Metric.of(MONTHS), Metric.of("overlap/numerals-words/tau"), Metric.of("test/accuracy"));

    @Test
    void differencesArePairedBySeedAndLeaveOutWhatWasNotMeasured() {
        List<PowerSection.Difference> found = PowerSection.differences(
                table(List.of(0.9, 1.0, 1.1, 1.2, 0.8), List.of(0.7, 0.9, 1.1, Double.NaN, 0.7)));
        assertThat(found).hasSize(1);
        // 0.2, 0.1, 0, 0.1
        assertThat(found.get(0).summary().n()).isEqualTo(4);
        assertThat(found.get(0).summary().mean()).isCloseTo(0.1, within(1e-12));
        assertThat(found.get(0).summary().sd()).isCloseTo(Math.sqrt(0.02 / 3), within(1e-12));
        assertThat(found.get(0).one()).isEqualTo("numerals-words");
    }

    @Test
    void theTableHoldsTheSeedsOfThePairedTest() throws Exception {
        // differences -0.1, 0.1, -0.1, 0.1, 0: sd 0.1
        String page = page(table(List.of(0.9, 1.1, 0.9, 1.1, 1.0), List.of(1.0, 1.0, 1.0, 1.0, 1.0)));
        Markup.parse(page);
        int half = SeedPower.seeds(0.5, SeedPower.USUAL).orElseThrow();
        int one = SeedPower.seeds(1, SeedPower.USUAL).orElseThrow();
        assertThat(half).isEqualTo(34);
        assertThat(page)
                .contains("id=\"power\"", "<b>" + half + "</b>", "<b>" + one + "</b>", "For a plan, not for a verdict")
                .contains("up to "
                        + SeedPower.seeds(0.1 / SeedPower.cautious(0.1, 5), SeedPower.USUAL)
                                .orElseThrow())
                .contains("numerals-words less numerals-months");
    }

    @Test
    void withoutTwoCsiOrASpreadThereIsNothingToPlan() {
        assertThat(page(table(List.of(0.9, 1.1, 0.9, 1.1, 1.0), List.of(0.9, 1.1, 0.9, 1.1, 1.0))))
                .as("equal in every run")
                .doesNotContain("id=\"power\"");
        assertThat(page(table(List.of(0.9, 1.1, Double.NaN, Double.NaN, 1.0), List.of(0.1, 0.2, 0.3, 0.4, Double.NaN))))
                .as("two runs in common")
                .doesNotContain("id=\"power\"");
        assertThat(page(MadeUpRuns.comparison())).doesNotContain("id=\"power\"");
    }

    private static String page(ComparisonTable table) {
        return ComparisonReport.html(table, ComparisonReport.Preface.NONE);
    }

    private static ComparisonTable table(List<Double> words, List<Double> months) {
        return new ComparisonTable(
                "seeds",
                List.of("arm"),
                METRICS,
                List.of(new Row(
                        List.of("channels"),
                        SEEDS,
                        Map.of(WORDS, words, MONTHS, months, "test/accuracy", List.of(1.0, 1.0, 1.0, 1.0, 0.9)))));
    }
}
