package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CellsTest {
    @ParameterizedTest
    @CsvSource({
        "abc, 5, 'abc  '",
        "abcdef, 5, abcd…",
        "abcde, 5, abcde",
        "日本語, 5, 日本…",
        "日本, 4, 日本",
        "日本語, 4, '日… '",
        "é, 2, 'é '"
    })
    void textsFillTheirColumnsExactly(String text, int width, String fitted) {
        assertThat(Cells.fit(text, width)).isEqualTo(fitted);
        assertThat(Cells.width(Cells.fit(text, width))).isEqualTo(width);
    }

    @Test
    void coloursBecomeTheNearestOfTheCube() {
        assertThat(Cells.ansi(0x000000)).isEqualTo(16);
        assertThat(Cells.ansi(0xffffff)).isEqualTo(231);
        assertThat(Cells.ansi(0x5f87af)).isEqualTo(16 + 36 + 6 * 2 + 3);
    }
}
