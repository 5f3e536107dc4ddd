package io.reprise.model.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelExport.Format;
import io.reprise.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The directories stay in target/exports, where the scripts that compare with Python find them. */
class ModelExportTest {
    private static final Path EXPORTS = Path.of("target", "exports");

    private static Backend backend;

    @TempDir
    Path scratch;

    @BeforeAll
    static void start() {
        backend = new CpuBackend(2);
    }

    @AfterAll
    static void stop() {
        backend.close();
    }

    static Stream<Arguments> models() {
        return Stream.concat(
                Toys.gpt2().entrySet().stream().flatMap(toy -> Stream.of(Format.values())
                        .filter(format -> format.obstacle(toy.getValue()).isEmpty())
                        .map(format -> Arguments.of(format, toy.getKey(), toy.getValue()))),
                Toys.transformerLensOnly().entrySet().stream()
                        .map(toy -> Arguments.of(Format.TRANSFORMER_LENS, toy.getKey(), toy.getValue())));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("models")
    void aWrittenModelIsReadBackWhole(Format format, String name, ModelConfig config) throws IOException {
        Transformer model = Toys.random(backend, config);
        Path directory = EXPORTS.resolve(format.name().toLowerCase(java.util.Locale.ROOT))
                .resolve(name);
        ModelExport.write(directory, format, model, Optional.of(Toys.vocabulary(config)), ModelExport.sample(config));
        try (ModelDirectory read = ModelDirectory.open(directory);
                Parameters parameters = read.parameters(backend);
                SafetensorsFile expected = SafetensorsFile.open(directory.resolve("expected.safetensors"))) {
            assertThat(read.vocabulary()).contains(Toys.vocabulary(config));
            if (config.nLayers() > 0) {
                // Without layers GPT-2 needn't know about heads; with them everything comes back, but for what an MLP
                // that isn't there would do, and 1/(1/s) may be off by a unit in the last place.
                assertThat(withoutUnused(read.config())).isEqualTo(withoutUnused(config));
                for (int layer = 0; layer < config.nLayers(); layer++) {
                    assertThat(read.config().attnScales().get(layer))
                            .isCloseTo(config.attnScales().get(layer), org.assertj.core.api.Assertions.within(1e-15));
                }
            }
            Parameters original = (Parameters) model.weights();
            assertThat(parameters.byName().keySet())
                    .containsExactlyElementsOf(original.byName().keySet());
            original.byName().forEach((parameter, tensor) -> assertThat(backend.download(parameters.get(parameter)))
                    .as(parameter)
                    .containsExactly(backend.download(tensor)));
            float[] logits = expected.read("logits");
            assertThat(logits).hasSize(ModelExport.sample(config).rows() * config.dVocab());
            assertThat(backend.download(
                            new Transformer(backend, read.config(), parameters).logits(ModelExport.sample(config))))
                    .containsExactly(logits);
        }
    }

    private static ModelConfig withoutUnused(ModelConfig c) {
        boolean rotary = c.positions() == Positions.ROTARY;
        return new ModelConfig(
                c.nLayers(),
                c.dModel(),
                c.nHeads(),
                c.dHead(),
                c.dMlp(),
                c.dVocab(),
                c.nCtx(),
                c.attnOnly() ? Activation.NONE : c.actFn(),
                c.normalization(),
                c.eps(),
                c.positions(),
                c.rotaryDim(),
                rotary ? c.rotaryBase() : 0,
                c.parallelAttnMlp(),
                c.tiedUnembed(),
                c.attnWindows(),
                c.attnScales().stream()
                        .map(scale -> (double) scale.floatValue())
                        .toList());
    }

    @Test
    void theSameModelGivesTheSameBytes() throws IOException {
        ModelConfig config = Toys.gpt2().get("attention-only");
        for (Format format : Format.values()) {
            for (String copy : List.of("a", "b")) {
                ModelExport.write(
                        scratch.resolve(format + copy),
                        format,
                        Toys.random(backend, config),
                        Optional.empty(),
                        ModelExport.sample(config));
            }
            try (Stream<Path> files = Files.list(scratch.resolve(format + "a"))) {
                for (Path file : files.toList()) {
                    assertThat(scratch.resolve(format + "b").resolve(file.getFileName()))
                            .hasSameBinaryContentAs(file);
                }
            }
        }
    }

    @Test
    void keysStandInOneOrderWhateverTheJvm() throws IOException {
        ModelConfig config = Toys.gpt2().get("three-of-four-heads");
        Path directory = scratch.resolve("model");
        ModelExport.write(
                directory, Format.GPT2, Toys.random(backend, config), Optional.empty(), ModelExport.sample(config));
        assertThat(directory.resolve("config.json"))
                .content()
                .startsWith("{\n  \"architectures\" : [ \"GPT2LMHeadModel\" ],\n  \"model_type\" : \"gpt2\",\n")
                .endsWith("  \"reprise_padding\" : {\n    \"mlp\" : false,\n    \"positions\" : true,\n"
                        + "    \"heads\" : 3\n  }\n}\n");
    }

    @Test
    void whatGpt2CannotHoldIsRefusedWithTheReason() {
        assertThat(reason("no-norm")).contains("it has no layer norm, and every GPT-2 has");
        assertThat(reason("rotary")).contains("its positions are rotary, GPT-2's are learned");
        assertThat(reason("wide-heads"))
                .contains("its heads are 3 of width 24, GPT-2's split d_model = 32 without rest");
        assertThat(reason("windows")).contains("its attention has windows, GPT-2's has none");
        assertThat(reason("parallel"))
                .contains("attention and MLP read the same input, in GPT-2 one follows the other");
        assertThat(reason("own-scale")).contains("its attention scales [0.25, 0.25] are neither 1/√d_head nor 1");
        Toys.gpt2()
                .forEach((name, config) ->
                        assertThat(Format.GPT2.obstacle(config)).as(name).isEmpty());
        Transformer rotary = Toys.random(backend, Toys.transformerLensOnly().get("rotary"));
        assertThatThrownBy(() -> ModelExport.write(
                        scratch.resolve("model"),
                        Format.GPT2,
                        rotary,
                        Optional.empty(),
                        ModelExport.sample(rotary.config())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("this model can't be written as GPT2: its positions are rotary, GPT-2's are learned");
        assertThat(scratch.resolve("model")).doesNotExist();
    }

    @Test
    void whatTransformerLensCannotHoldIsRefusedWithTheReason() {
        ModelConfig three = Toys.toy(3, 4, 8, 24, Activation.RELU, Normalization.NONE, Positions.NONE, false);
        assertThat(Format.TRANSFORMER_LENS.obstacle(Toys.windows(three, List.of(4, 0, 5), false)))
                .contains("its attention windows [4, 0, 5] have several widths, TransformerLens has one");
        assertThat(Format.TRANSFORMER_LENS.obstacle(Toys.scales(three, List.of(1.0, 0.5, 0.5))))
                .contains("its attention scales [1.0, 0.5, 0.5] follow no rule that TransformerLens has");
        assertThat(Format.TRANSFORMER_LENS.obstacle(Toys.gpt2().get("three-of-four-heads")))
                .contains("its MLP has no non-linearity, which TransformerLens has no name for");
    }

    @Test
    void theFormatIsGpt2WheneverItCanBe() {
        Toys.gpt2().values().forEach(config -> assertThat(ModelExport.formatFor(config))
                .isEqualTo(Format.GPT2));
        Toys.transformerLensOnly().values().forEach(config -> assertThat(ModelExport.formatFor(config))
                .isEqualTo(Format.TRANSFORMER_LENS));
    }

    @Test
    void aFailedExportLeavesWhatWasThere() throws IOException {
        Transformer model = Toys.random(backend, Toys.gpt2().get("mlp"));
        Path directory = scratch.resolve("model");
        ModelExport.write(directory, Format.GPT2, model, Optional.empty(), ModelExport.sample(model.config()));
        byte[] weights = Files.readAllBytes(directory.resolve("model.safetensors"));
        assertThatThrownBy(() -> ModelExport.write(
                        directory, Format.GPT2, model, Optional.of(List.of("one")), ModelExport.sample(model.config())))
                .hasMessage("the vocabulary has 1 tokens, expected 61, the model's d_vocab");
        assertThat(Files.readAllBytes(directory.resolve("model.safetensors"))).isEqualTo(weights);
        try (Stream<Path> files = Files.list(scratch)) {
            assertThat(files).containsExactly(directory);
        }
    }

    private static Optional<String> reason(String toy) {
        return Format.GPT2.obstacle(Toys.transformerLensOnly().get(toy));
    }
}
