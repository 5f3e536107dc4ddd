package io.reprise.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class NumbersTest {
    @Test
    void onlyAllRightReadsAHundredPercent() {
        assertThat(Numbers.percent(1)).isEqualTo("100%");
        assertThat(Numbers.percent(0.99999)).isEqualTo("> 99.99%");
        assertThat(Numbers.percent(0.9995)).isEqualTo("99.95%");
        assertThat(Numbers.percent(0.00001)).isEqualTo("< 0.01%");
        assertThat(Numbers.percent(0)).isEqualTo("0%");
        assertThat(Numbers.percent(0.0612)).isEqualTo("6.1%");
    }

    @Test
    void absentIsADashNeverANumber() {
        for (double absent : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThat(Numbers.percent(absent)).isEqualTo("–");
            assertThat(Numbers.number(absent)).isEqualTo("–");
            assertThat(Numbers.fixed(absent)).isEqualTo("–");
            assertThat(Numbers.seconds(absent)).isEqualTo("–");
        }
    }

    @Test
    void keepsFourSignificantDigits() {
        assertThat(Numbers.number(0.99951171875)).isEqualTo("0.9995");
        assertThat(Numbers.number(4.13712)).isEqualTo("4.137");
        assertThat(Numbers.number(0.0057064)).isEqualTo("0.005706");
        assertThat(Numbers.number(123.45)).isEqualTo("123.5");
        assertThat(Numbers.number(-10.62)).isEqualTo("-10.62");
        assertThat(Numbers.number(1500)).isEqualTo("1,500");
        assertThat(Numbers.number(2.5e-7)).isEqualTo("2.5e-7");
        assertThat(Numbers.number(0.001)).isEqualTo("0.001");
        assertThat(Numbers.number(0)).isEqualTo("0");
    }

    @Test
    void writesCoordinatesShortly() {
        assertThat(Numbers.coordinate(12.0)).isEqualTo("12");
        assertThat(Numbers.coordinate(12.5)).isEqualTo("12.5");
        assertThat(Numbers.coordinate(-0.051)).isEqualTo("-0.05");
        assertThat(Numbers.coordinate(3.149)).isEqualTo("3.15");
        assertThat(Numbers.coordinate(-0.001)).isEqualTo("0");
    }

    @Test
    void doesNotDependOnTheLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(Numbers.percent(0.5)).isEqualTo("50.0%");
            assertThat(Numbers.number(1234)).isEqualTo("1,234");
            assertThat(Numbers.seconds(1.5)).isEqualTo("1.5 s");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void palettesRiseInLightness() {
        for (Palette palette : Palette.values()) {
            for (int level = 1; level < Palette.LEVELS; level++) {
                assertThat(Palette.luminance(palette.level(level)))
                        .isGreaterThan(Palette.luminance(palette.level(level - 1)) - 1e-3);
            }
        }
        assertThat(Palette.hex(Palette.VIRIDIS.at(-1))).isEqualTo("#440154");
        assertThat(Palette.hex(Palette.VIRIDIS.at(2))).isEqualTo("#fde725");
    }
}
