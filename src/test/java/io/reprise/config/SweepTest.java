package io.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepTest {
    private static List<String> runs(String... axes) {
        return Sweep.expand(List.of(axes)).stream()
                .map(run -> String.join(" ", run.stream().map(Setting::text).toList()))
                .toList();
    }

    @Test
    void combinesEveryValueWithEveryOther() {
        assertThat(runs("seed=1..3", "model.d_model=32,64"))
                .containsExactly(
                        "seed=1 model.d_model=32",
                        "seed=1 model.d_model=64",
                        "seed=2 model.d_model=32",
                        "seed=2 model.d_model=64",
                        "seed=3 model.d_model=32",
                        "seed=3 model.d_model=64");
    }

    @Test
    void readsValuesAsYaml() {
        assertThat(runs("x=1e-3, text, [1, 2], {a: b}, -1..1"))
                .containsExactly("x=0.001", "x=text", "x=[1,2]", "x={\"a\":\"b\"}", "x=-1", "x=0", "x=1");
        assertThat(runs("start=\"1..30\",'1..60'")).containsExactly("start=1..30", "start=1..60");
    }

    @Test
    void isOneRunWithoutAxes() {
        assertThat(Sweep.expand(List.of())).containsExactly(List.of());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "seed | --sweep: expected key=values such as seed=1..5 or model.d_model=32,64, got \"seed\"",
                "seed= | --sweep seed=: no values; expected some such as 1..5 or 32,64",
                "seed=5..1 | --sweep seed=5..1: 5..1 is not a range of 1 to 10000 whole numbers",
                "seed=1..100000 | --sweep seed=1..100000: 1..100000 is not a range of 1 to 10000 whole numbers",
            })
    void refusesAxesWithoutValues(String axis, String message) {
        assertThatThrownBy(() -> runs(axis))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void refusesAKeyTwiceAndTooManyRuns() {
        assertThatThrownBy(() -> runs("a=1,2", "a=3")).hasMessage("--sweep a=3: a is swept twice; join the values");
        assertThatThrownBy(() -> runs("a=1..1000", "b=1..11")).hasMessage("--sweep asks for more than 10000 runs");
    }
}
