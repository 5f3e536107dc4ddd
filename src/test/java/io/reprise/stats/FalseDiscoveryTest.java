package io.reprise.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FalseDiscoveryTest {
    @Test
    void adjusted_p_is_the_least_of_what_its_own_and_higher_ranks_allow() {
        // by hand: .01·4/1, .04·4/3 and .03·4/2 (both held down by rank 3: .0533), .5
        assertThat(FalseDiscovery.adjust(new double[] {0.04, 0.01, 0.5, 0.03}))
                .containsExactly(new double[] {0.16 / 3, 0.04, 0.5, 0.16 / 3}, within(1e-15));
    }

    @Test
    void what_is_no_p_value_is_refused() {
        assertThatThrownBy(() -> FalseDiscovery.adjust(new double[] {0.1, Double.NaN}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NaN");
    }
}
