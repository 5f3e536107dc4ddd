package io.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class NumbersTest {
    @Property(tries = 5_000)
    void everyDoubleReadsBackExactly(@ForAll long bits) {
        double value = Double.longBitsToDouble(bits);
        if (Double.isFinite(value)) {
            assertThat(Double.doubleToRawLongBits(Double.parseDouble(Numbers.format(value))))
                    .isEqualTo(bits);
        }
    }

    @Property
    void shortDecimalsStayShort(@ForAll int units) {
        assertThat(Numbers.format(units / 1000.0).length()).isLessThanOrEqualTo(12);
    }

    @Example
    void spellsTheUsualNumbersPlainly() {
        assertThat(Numbers.format(0.1)).isEqualTo("0.1");
        assertThat(Numbers.format(1e-4)).isEqualTo("0.0001");
        assertThat(Numbers.format(-120)).isEqualTo("-120.0");
        assertThat(Numbers.format(2e23))
                .isEqualTo("2.0e23"); // Double.toString before JDK 19 says 2.0E23, and 1.9999…E23 is one ulp away
        assertThat(Numbers.format(Double.MIN_VALUE)).isEqualTo("4.94065645841247e-324");
        assertThat(Numbers.format(0)).isEqualTo("0.0");
    }
}
