package io.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExpectationTest {
    private static final Expectation AT_LEAST =
            new Expectation(Optional.of(0.98), Optional.empty(), Optional.empty(), Optional.empty());
    private static final Expectation BETWEEN = new Expectation(
            Optional.empty(), Optional.empty(), Optional.of(List.of(0.35, 0.65)), Optional.of("bigram"));

    @Test
    void includesItsBoundsAndNeverNaN() {
        assertThat(AT_LEAST.holds(0.98)).isTrue();
        assertThat(AT_LEAST.holds(0.9799)).isFalse();
        assertThat(AT_LEAST.holds(Double.NaN)).isFalse();
        assertThat(BETWEEN.holds(0.35)).isTrue();
        assertThat(BETWEEN.holds(0.65)).isTrue();
        assertThat(BETWEEN.holds(0.66)).isFalse();
        assertThat(BETWEEN.holds(Double.NaN)).isFalse();
    }

    @Test
    void saysItselfInWords() {
        assertThat(AT_LEAST.describe()).isEqualTo("at least 0.98");
        assertThat(BETWEEN.describe()).isEqualTo("between 0.35 and 0.65");
        assertThat(new Expectation(Optional.empty(), Optional.of(0.1), Optional.empty(), Optional.empty()).describe())
                .isEqualTo("at most 0.1");
    }
}
