package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelExport;
import io.reprise.tensor.Rng;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** {@code circuit} through the real rooms: on a run, on the model of the circuits' goldens, and on a random GPT-2 with its tokenizer. */
class CircuitDesk {
    private static final String STEPS = """
            name: steps
            task:
              tokens: separated
              mixture:
                - {series: numerals, rule: {add: 1}, start: 1..16, length: 4..4}
                - {series: numerals, rule: {add: 2}, start: 1..16, length: 4..4}
                - {series: letters, rule: {successor: {step: 1, wrap: true}}, start: 1..16, length: 4..4}
                - {series: letters, rule: {successor: {step: 2, wrap: true}}, start: 1..16, length: 4..4}
            split: {by: example, train: 0.9, validation: 0.05, test: 0.05}
            model: {n_layers: 1, d_model: 32, n_heads: 2, d_mlp: 64}
            train: {steps: 400, batch_size: 32, optimizer: adamw, lr: 1.0e-2, weight_decay: 0.1, keep_log_spaced: true}
            analyses: [{circuits: {tasks: {numerals: {series: numerals, given: 3, discovery: 12, evaluation: 10, split: train}}}}]
            tracking_uri: none
            """;
    static final String GOLDEN = "src/test/resources/goldens-circuits/";
    static final String TOY = GOLDEN + "toy";
    static final String PAIRS = GOLDEN + "prompts.jsonl";
    /** As many tokens as GPT-2 has: its tokenizer then needs no files. */
    static final int GPT2 = 50_257;

    static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path shared;

    static Path run;
    static Path random;

    @TempDir
    Path folder;

    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void models() throws IOException {
        CircuitDesk trainer = new CircuitDesk();
        trainer.folder = shared;
        Path yaml = Files.writeString(shared.resolve("steps.yaml"), STEPS);
        assertThat(trainer.reprise("run", yaml.toString(), "--runs", shared.toString(), "--quiet"))
                .as(text(trainer.err))
                .isZero();
        try (Stream<Path> found = Files.walk(shared)) {
            run = found.filter(path -> path.endsWith("seed-42")).findFirst().orElseThrow();
        }
        random = shared.resolve("random");
        ModelConfig config = ModelConfig.toy(
                1,
                8,
                2,
                4,
                16,
                GPT2,
                32,
                Activation.GELU_NEW,
                ModelConfig.Normalization.LAYER_NORM,
                ModelConfig.Positions.LEARNED,
                true);
        try (Backend backend = new CpuBackend(1)) {
            Transformer model =
                    new Transformer(backend, config, Parameters.initialise(backend, config, 0.5, Rng.of(5)));
            ModelExport.write(random, ModelExport.Format.GPT2, model, Optional.empty(), ModelExport.sample(config));
        }
    }

    /** The run's own numerals. */
    static String[] task(String... more) {
        return Stream.concat(
                        Stream.of(
                                run.toString(),
                                "--task",
                                "--series",
                                "numerals",
                                "--given",
                                "3",
                                "--discovery",
                                "12",
                                "--evaluation",
                                "10",
                                "--split",
                                "train"),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    JsonNode found(String... arguments) throws IOException {
        String[] all = Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new);
        assertThat(circuit(all)).as(text(err)).isZero();
        return JSON.readTree(text(out));
    }

    int circuit(String... arguments) {
        return reprise(Stream.concat(Stream.of("circuit"), Stream.of(arguments)).toArray(String[]::new));
    }

    int reprise(String... all) {
        out.reset();
        err.reset();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                100);
        return Reprise.run(new Rooms(List.of(all), folder), terminal, all);
    }

    static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
