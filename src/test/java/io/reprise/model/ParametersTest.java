package io.reprise.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.tensor.Rng;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ParametersTest {
    private static final Backend BACKEND = new CpuBackend(1);

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    @Test
    void theSameSeedGivesTheSameWeightsAndAnotherSeedOthers() {
        ModelConfig config = ToyShape.of(2, "mlp", Normalization.LAYER_NORM, Positions.LEARNED, false)
                .config();
        Map<String, float[]> first = initialised(config, 0.5, 1);
        Map<String, float[]> other = initialised(config, 0.5, 2);
        initialised(config, 0.5, 1).forEach((name, values) -> {
            assertThat(values).as(name).isEqualTo(first.get(name));
            if (name.contains(".W")) {
                assertThat(values).as(name).isNotEqualTo(other.get(name));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("io.reprise.model.ToyShape#all")
    void anotherParametersPresenceChangesNoParametersValues(ToyShape toy) {
        Map<String, float[]> full = initialised(
                ToyShape.of(2, "mlp", Normalization.LAYER_NORM, Positions.LEARNED, false)
                        .config(),
                0.5,
                1);
        initialised(toy.config(), 0.5, 1)
                .forEach((name, values) -> assertThat(values).as(name).isEqualTo(full.get(name)));
    }

    @Test
    void everyMatrixIsDrawnFromAStreamOfItsOwn() {
        Map<String, float[]> values = initialised(
                ToyShape.of(2, "mlp", Normalization.LAYER_NORM, Positions.LEARNED, false)
                        .config(),
                0.5,
                1);
        Map<Float, String> firsts = new HashMap<>();
        values.forEach((name, numbers) -> {
            if (name.contains(".W")) {
                assertThat(firsts.put(numbers[0], name)).as(name).isNull();
            }
        });
        assertThat(firsts).hasSize(2 + 2 * 4 + 1);
    }

    @Test
    void weightsAreNormalWithTheStandardDeviationAskedForGainsOneAndBiasesZero() {
        double std = 0.3;
        ModelConfig config = ModelConfig.toy(
                1, 64, 4, 16, 256, 200, 100, Activation.RELU, Normalization.LAYER_NORM, Positions.LEARNED, false);
        initialised(config, std, 3).forEach((name, values) -> {
            if (name.contains(".W")) {
                double n = values.length;
                double mean = 0;
                for (float value : values) {
                    mean += value / n;
                }
                double variance = 0;
                double fourth = 0;
                for (float value : values) {
                    variance += (value - mean) * (value - mean) / (n - 1);
                    fourth += Math.pow(value / std, 4) / n;
                }
                // four standard errors of a normal sample's mean, standard deviation and fourth moment
                assertThat(mean).as(name).isCloseTo(0, within(4 * std / Math.sqrt(n)));
                assertThat(Math.sqrt(variance)).as(name).isCloseTo(std, within(4 * std / Math.sqrt(2 * n)));
                assertThat(fourth).as(name).isCloseTo(3, within(4 * Math.sqrt(96 / n)));
            } else {
                assertThat(values).as(name).containsOnly(name.endsWith(".w") ? 1f : 0f);
            }
        });
    }

    @Test
    void theCountIsThatOfTheFormula() {
        try (Scope scope = BACKEND.scope()) {
            Parameters parameters =
                    (Parameters) ToyShape.of(2, "mlp", Normalization.LAYER_NORM, Positions.LEARNED, false)
                            .random(BACKEND)
                            .weights();
            int attention = 10 * 18 + 18 + 6 * 10 + 10;
            int mlp = 10 * 13 + 13 + 13 * 10 + 10;
            assertThat(parameters.count())
                    .isEqualTo(11 * 10 + 9 * 10 + 2 * (attention + mlp + 4 * 10) + 2 * 10 + 11 * 10);
        }
    }

    @Test
    void aTiedUnembeddingIsTheEmbeddingItself() {
        try (Scope scope = BACKEND.scope()) {
            ModelWeights tied = ToyShape.of(1, "mlp", Normalization.NONE, Positions.NONE, true)
                    .random(BACKEND)
                    .weights();
            int[] all = IntStream.range(0, 11).toArray();
            assertThat(BACKEND.download(tied.unembedRows(all))).containsExactly(BACKEND.download(tied.embed(all)));
        }
    }

    @Test
    void anUnknownNameIsAnsweredWithTheNamesThereAre() {
        try (Scope scope = BACKEND.scope()) {
            Parameters parameters = (Parameters) ToyShape.of(1, "attention", Normalization.NONE, Positions.NONE, true)
                    .random(BACKEND)
                    .weights();
            assertThatThrownBy(() -> parameters.get("blocks.0.mlp.W_in"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("blocks.0.mlp.W_in")
                    .hasMessageContaining("blocks.0.attn.W_QKV");
        }
    }

    private static Map<String, float[]> initialised(ModelConfig config, double std, long seed) {
        try (Parameters parameters = Parameters.initialise(BACKEND, config, std, Rng.of(seed))) {
            Map<String, float[]> values = new LinkedHashMap<>();
            parameters.byName().forEach((name, tensor) -> values.put(name, BACKEND.download(tensor)));
            return values;
        }
    }
}
