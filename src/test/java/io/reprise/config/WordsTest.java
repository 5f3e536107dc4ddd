package io.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void countsASwapAsOneEdit() {
        assertThat(Words.distance("stpes", "steps")).isEqualTo(1);
        assertThat(Words.distance("", "abc")).isEqualTo(3);
        assertThat(Words.distance("kitten", "sitting")).isEqualTo(3);
    }

    @Test
    void offersOnlyWhatIsNear() {
        assertThat(Words.nearest("d_modle", List.of("d_mlp", "d_model"))).contains("d_model");
        assertThat(Words.nearest("ov-pk", List.of("ov_qk", "attention"))).contains("ov_qk");
        assertThat(Words.nearest("x", List.of("lr", "seed"))).isEmpty();
    }

    @Test
    void turnsComponentsIntoKeys() {
        assertThat(Words.snake("nHeads")).isEqualTo("n_heads");
        assertThat(Words.snake("OvQk")).isEqualTo("ov_qk");
        assertThat(Words.snake("beta1")).isEqualTo("beta1");
    }
}
