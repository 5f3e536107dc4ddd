package io.reprise.model.processing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.backend.nd4j.Nd4jBackend;
import io.reprise.model.Golden;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.Parameters;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.tensor.DType;
import io.reprise.tensor.Rng;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WeightProcessingTest {
    private static final List<Processing> ALL = List.of(Processing.values());

    static Stream<Arguments> models() {
        // Rounding through two to four blocks; in float64 only the order of sums differs.
        return Stream.of("gpt2", "gpt2-relu-untied", "gpt-neo", "gpt-neox", "gpt-neox-sequential")
                .flatMap(name -> Stream.of(
                        Arguments.of(name, "cpu", (Supplier<Backend>) () -> new CpuBackend(1), 2e-5),
                        Arguments.of(
                                name, "float64", (Supplier<Backend>) () -> new Nd4jBackend(DType.FLOAT64), 1e-10)));
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("models")
    void logProbabilitiesStay(String name, String backendName, Supplier<Backend> make, double tolerance)
            throws IOException {
        try (Golden golden = new Golden(name);
                Backend backend = make.get();
                Parameters parameters = ModelDirectory.load(golden.directory(), backend)) {
            Transformer model = new Transformer(backend, parameters.config(), parameters);
            double[] before = logProbabilities(model, golden.tokens());
            for (List<Processing> steps :
                    Stream.concat(ALL.stream().map(List::of), Stream.of(ALL)).toList()) {
                try (ProcessedModel processed = WeightProcessing.apply(model, steps)) {
                    double[] after = logProbabilities(processed.model(), golden.tokens());
                    assertThat(distance(before, after)).as("%s", steps).isLessThan(tolerance);
                }
            }
            assertThat(logProbabilities(model, golden.tokens()))
                    .as("the original")
                    .isEqualTo(before);
        }
    }

    @Test
    void writesHaveNoMeanAndNormsNeitherGainNorBias() throws IOException {
        try (Golden golden = new Golden("gpt2");
                Backend backend = new Nd4jBackend(DType.FLOAT64);
                Parameters parameters = ModelDirectory.load(golden.directory(), backend);
                ProcessedModel processed =
                        WeightProcessing.apply(new Transformer(backend, parameters.config(), parameters), ALL)) {
            assertThat(processed.model().config().tiedUnembed()).isFalse();
            int width = parameters.config().dModel();
            processed.parameters().byName().forEach((name, tensor) -> {
                double[] values = backend.downloadDoubles(tensor);
                if (name.matches(".*(W_E|W_pos|W_O|b_O|W_out|b_out)")) {
                    for (int from = 0; from < values.length; from += width) {
                        assertThat(Arrays.stream(values, from, from + width).sum())
                                .as(name)
                                .isCloseTo(0, within(1e-12));
                    }
                } else if (name.endsWith(".w")) {
                    assertThat(values).as(name).containsOnly(1);
                } else if (name.matches("blocks.*ln[12]\\.b")) {
                    assertThat(values).as(name).containsOnly(0);
                } else if (name.equals(Parameters.UNEMBED)) {
                    double[] sums = new double[width];
                    for (int i = 0; i < values.length; i++) {
                        sums[i % width] += values[i];
                    }
                    for (double sum : sums) {
                        assertThat(sum).isCloseTo(0, within(1e-11));
                    }
                }
            });
        }
    }

    @Test
    void aFeatureWhoseFinalGainIsZeroStaysAConstant() {
        try (Backend backend = new CpuBackend(1);
                Parameters parameters = toy(backend, Normalization.LAYER_NORM)) {
            float[] gain = backend.download(parameters.get("ln_final.w"));
            float[] bias = backend.download(parameters.get("ln_final.b"));
            gain[1] = 0;
            bias[1] = 3;
            bias[2] = -1;
            backend.write(parameters.get("ln_final.w"), gain);
            backend.write(parameters.get("ln_final.b"), bias);
            Transformer model = new Transformer(backend, parameters.config(), parameters);
            Tokens tokens = Tokens.of(1, 4, 2, 0);
            try (ProcessedModel processed = WeightProcessing.apply(model, ALL)) {
                assertThat(distance(logProbabilities(model, tokens), logProbabilities(processed.model(), tokens)))
                        .isLessThan(2e-5);
                assertThat(processed.names())
                        .containsExactly(
                                "fold_layer_norm", "center_writing_weights", "center_unembed", "fold_value_biases");
            }
        }
    }

    @Test
    void aModelWithoutNormIsRefusedWhereTheStepNeedsOne() {
        try (Backend backend = new CpuBackend(1);
                Parameters parameters = toy(backend, Normalization.NONE)) {
            Transformer model = new Transformer(backend, parameters.config(), parameters);
            assertThatThrownBy(() -> WeightProcessing.apply(model, Processing.published()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("fold_layer_norm needs a model with layer norm");
            Tokens tokens = Tokens.of(1, 4, 2, 0);
            try (ProcessedModel processed = WeightProcessing.apply(model, List.of(Processing.CENTER_UNEMBED))) {
                assertThat(distance(logProbabilities(model, tokens), logProbabilities(processed.model(), tokens)))
                        .isLessThan(2e-5);
            }
        }
    }

    @Test
    void anUnknownNameIsRefusedWithTheValidOnes() {
        assertThat(Processing.parse("center_unembed")).isEqualTo(Processing.CENTER_UNEMBED);
        assertThatThrownBy(() -> Processing.parse("fold_ln")).hasMessageContaining("fold_layer_norm");
    }

    private static Parameters toy(Backend backend, Normalization normalization) {
        ModelConfig config =
                ModelConfig.toy(2, 8, 2, 4, 16, 6, 5, Activation.GELU, normalization, Positions.LEARNED, true);
        return Parameters.initialise(backend, config, 0.5, Rng.of(3));
    }

    private static double[] logProbabilities(Transformer model, Tokens tokens) {
        Site site = Site.of(Site.Kind.LOGITS);
        double[] logits = model.run(tokens, List.of(site)).get(site).data().clone();
        int vocabulary = model.config().dVocab();
        for (int from = 0; from < logits.length; from += vocabulary) {
            double top = Arrays.stream(logits, from, from + vocabulary).max().orElseThrow();
            double sum = Arrays.stream(logits, from, from + vocabulary)
                    .map(logit -> Math.exp(logit - top))
                    .sum();
            for (int i = from; i < from + vocabulary; i++) {
                logits[i] -= top + Math.log(sum);
            }
        }
        return logits;
    }

    /** ‖a − b‖ / ‖a‖; NaN if any is. */
    private static double distance(double[] a, double[] b) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < a.length; i++) {
            difference += (a[i] - b[i]) * (a[i] - b[i]);
            norm += a[i] * a[i];
        }
        return Math.sqrt(difference / norm);
    }
}
