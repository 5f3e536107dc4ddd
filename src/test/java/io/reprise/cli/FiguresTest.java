package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
    @ParameterizedTest
    @CsvSource({"1, 100%", "0, 0%", "0.9995, 99.95%", "0.999999, >99.99%", "0.00001, <0.01%", "0.5, 50.00%"})
    void neverRoundsToAllOrNothing(double share, String text) {
        assertThat(Figures.percent(share)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0.061, 6%", "0.001, <1%", "0.999, >99%", "1, 100%", "0, 0%"})
    void roundsWhatIsSaidInPassing(double share, String text) {
        assertThat(Figures.roughly(share)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"1.2, 2 s", "99, 99 s", "100, 2 min", "4800, 80 min", "6001, 1 h 41 min", "-3, 0 s"})
    void saysTimesAsPeopleDo(double seconds, String text) {
        assertThat(Figures.duration(seconds)).isEqualTo(text);
    }

    @Test
    void groupsAndShortensNumbers() {
        assertThat(Figures.count(38_720)).isEqualTo("38,720");
        assertThat(Figures.rate(412_345)).isEqualTo("412k");
        assertThat(Figures.rate(1_240_000)).isEqualTo("1.2M");
        assertThat(Figures.rate(950)).isEqualTo("950");
        assertThat(Figures.loss(0.0121)).isEqualTo("0.0121");
        assertThat(Figures.loss(0.00001)).isEqualTo("1.0e-05");
        assertThat(Figures.loss(0)).isEqualTo("0.0000");
    }

    @Test
    void drawsBarsInEighths() {
        assertThat(Bar.blocks(0)).isEqualTo(" ".repeat(30));
        assertThat(Bar.blocks(1)).isEqualTo("█".repeat(30));
        assertThat(Bar.blocks(0.5 + 1.0 / 240)).isEqualTo("█".repeat(15) + "▏" + " ".repeat(14));
        assertThat(Bar.blocks(2)).hasSize(30);
    }
}
