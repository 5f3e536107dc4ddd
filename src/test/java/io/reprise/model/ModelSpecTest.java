package io.reprise.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.backend.Activation;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSpecTest {
    @Test
    void headsThatDoNotDivideTheWidthAreToldEveryDivisor() {
        assertThatThrownBy(() -> spec(1, 12, 5, Optional.empty(), 0, Positions.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("n_heads = 5 does not divide d_model = 12; choose from 1, 2, 3, 4, 6, 12, or give d_head");
    }

    @Test
    void headsOfAWidthOfTheirOwnNeedNotDivide() {
        ModelConfig config = spec(1, 12, 5, Optional.of(7), 0, Positions.NONE).config(3, 4);
        assertThat(config.dHead()).isEqualTo(7);
        assertThat(Parameters.shapes(config).get("blocks.0.attn.W_QKV").toArray())
                .containsExactly(12, 3 * 5 * 7);
    }

    @Test
    void headsShareTheWidthAndScaleScoresByTheRootOfTheirOwn() {
        ModelConfig config =
                spec(2, 12, 3, Optional.empty(), 0, Positions.ROTARY).config(3, 5);
        assertThat(config.dHead()).isEqualTo(4);
        assertThat(config.attnScales()).containsExactly(0.5, 0.5);
        assertThat(config.attnWindows()).containsExactly(0, 0);
        assertThat(config.rotaryDim()).isEqualTo(4);
        assertThat(config.dVocab()).isEqualTo(3);
        assertThat(config.nCtx()).isEqualTo(5);
        assertThat(config.attnOnly()).isTrue();
    }

    @Test
    void headsOfAnOddWidthRotateAllButOneFeature() {
        assertThat(spec(1, 12, 1, Optional.of(5), 0, Positions.ROTARY)
                        .config(3, 4)
                        .rotaryDim())
                .isEqualTo(4);
        assertThatThrownBy(() ->
                        spec(1, 12, 1, Optional.of(1), 0, Positions.ROTARY).config(3, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("d_head = 1");
    }

    @Test
    void impossibleSizesAreNamed() {
        refused("n_layers = -1", () -> spec(-1, 12, 2, Optional.empty(), 0, Positions.NONE)
                .config(3, 4));
        refused("d_model = 0", () -> spec(1, 0, 2, Optional.empty(), 0, Positions.NONE)
                .config(3, 4));
        refused("n_heads = 0", () -> spec(1, 12, 0, Optional.empty(), 0, Positions.NONE)
                .config(3, 4));
        refused("n_heads = -2", () -> spec(1, 12, -2, Optional.empty(), 0, Positions.NONE)
                .config(3, 4));
        refused("d_head = 0", () -> spec(1, 12, 2, Optional.of(0), 0, Positions.NONE)
                .config(3, 4));
        refused("d_mlp = -1", () -> spec(1, 12, 2, Optional.empty(), -1, Positions.NONE)
                .config(3, 4));
        refused("d_vocab = 0", () -> ModelSpec.defaults().config(0, 4));
        refused("n_ctx = 0", () -> ModelSpec.defaults().config(3, 0));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void aStandardDeviationThatIsNoneIsRefused(double std) {
        ModelSpec d = ModelSpec.defaults();
        refused(
                "init_std = " + std,
                () -> new ModelSpec(
                        d.nLayers(),
                        d.dModel(),
                        d.nHeads(),
                        d.dHead(),
                        d.dMlp(),
                        d.actFn(),
                        d.normalization(),
                        d.positions(),
                        d.tiedUnembed(),
                        Optional.of(std)));
    }

    @Test
    void whatDoesNotFitTogetherInAPretrainedShapeIsNamed() {
        refused("rotary_dim = 3", () -> shape(1e-5, Positions.ROTARY, 3, List.of(0), List.of(1.0)));
        refused("rotary_dim = 10", () -> shape(1e-5, Positions.ROTARY, 10, List.of(0), List.of(1.0)));
        refused("eps = 0", () -> shape(0, Positions.NONE, 0, List.of(0), List.of(1.0)));
        refused("eps = NaN", () -> shape(Double.NaN, Positions.NONE, 0, List.of(0), List.of(1.0)));
        refused(
                "attention windows and scales are given for 2 and 1 layers",
                () -> shape(1e-5, Positions.NONE, 0, List.of(0, 0), List.of(1.0)));
    }

    private static ModelSpec spec(
            int layers, int width, int heads, Optional<Integer> dHead, int dMlp, Positions positions) {
        return new ModelSpec(
                layers,
                width,
                heads,
                dHead,
                dMlp,
                Activation.RELU,
                Normalization.LAYER_NORM,
                positions,
                false,
                Optional.empty());
    }

    private static ModelConfig shape(
            double eps, Positions positions, int rotaryDim, List<Integer> windows, List<Double> scales) {
        return new ModelConfig(
                1,
                16,
                2,
                8,
                0,
                5,
                5,
                Activation.RELU,
                Normalization.LAYER_NORM,
                eps,
                positions,
                rotaryDim,
                10000,
                false,
                false,
                windows,
                scales);
    }

    private static void refused(String start, Runnable make) {
        assertThatThrownBy(make::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(start)
                .hasMessageContaining("expected");
    }
}
