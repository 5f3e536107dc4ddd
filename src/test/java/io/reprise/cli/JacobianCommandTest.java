package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reprise.model.Golden;
import io.reprise.weights.SafetensorsFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** relation jacobian through the real command line and the real rooms. */
class JacobianCommandTest {
    private static final String GOLDENS = "src/test/resources/goldens/";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "gpt2-relu-untied", "gpt-neo", "gpt-neox", "gpt-neox-sequential"})
    void theFileHasTorchsJacobian(String name) throws IOException {
        try (Golden golden = new Golden(name)) {
            long[] at = golden.expected().readLongs("jacobian_at");
            String tokens = Arrays.stream(
                            Arrays.copyOf(golden.tokens().ids(), golden.tokens().length()))
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(","));
            Path file = folder.resolve("j.safetensors");
            assertThat(run(
                            "--model",
                            GOLDENS + name,
                            "--tokens",
                            tokens,
                            "--from-layer",
                            Long.toString(at[0]),
                            "--position",
                            Long.toString(at[1]),
                            "--out",
                            file.toString(),
                            "--json"))
                    .isZero();
            JsonNode json = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
            assertThat(json.get("file").textValue()).isEqualTo(file.toString());
            assertThat(json.get("position").intValue()).isEqualTo((int) at[1]);
            try (SafetensorsFile written = SafetensorsFile.open(file)) {
                golden.check("jacobian", written.readDoubles("jacobian"), 2e-5); // as everywhere in float32
                assertThat(written.metadata())
                        .containsEntry("from", Long.toString(at[0]))
                        .containsEntry("method", "pushforward")
                        .containsEntry("dtype", "FLOAT32");
            }
        }
    }

    @Test
    void theSubjectIsTheTokenThatHoldsItsLastCharacter() throws IOException {
        Path model = Path.of("experiments/models/nano-sort");
        Path file = folder.resolve("j.safetensors");
        assertThat(run(
                        "--model",
                        model.toString(),
                        "--prompt",
                        "<start> 7 3 9 1 5 4 <mid> 1",
                        "--subject",
                        "9",
                        "--from-layer",
                        "embed",
                        "--out",
                        file.toString()))
                .as(err.toString(StandardCharsets.UTF_8))
                .isZero();
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("h at position 3, z at 8")
                .contains("|J|")
                .contains("|b|");
        assertThat(out.toString(StandardCharsets.UTF_8).strip()).isEqualTo(file.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--prompt <start>_7_3 --subject 8 --from-layer 0|subject \"8\" does not occur",
                "--prompt <start>_7_3_7 --subject 7 --from-layer 0|occurs at characters 8 and 12",
                "--tokens 1,2,3 --subject 7 --from-layer 0|token ids, in which --subject",
                "--tokens 1,2,3 --position 3 --from-layer 0|position 3 is not in the prompt of 3 tokens",
                "--tokens 1,2,3 --position -4 --from-layer 0|position -4",
                "--tokens 1,2,3 --position 2 --to-position 1 --from-layer 0|attention is causal",
                "--tokens 1,2,3 --position 0 --from-layer 3|layers 0..2",
                "--tokens 1,2,3 --position 0 --from-layer 2|identity",
                "--tokens 1,2,3 --position 0 --from-layer 2 --to-layer 0|lead from 2 down to 0",
                "--tokens 1,2,3 --position 0 --from-layer ln_final|down",
                "--tokens 1,2,3 --position 0 --from-layer 2 --to-layer ln_final|no block lies between",
                "--tokens 1,2,3 --position 0 --from-layer top|embed+pos",
                "--tokens 1,2,999 --position 0 --from-layer 0|token id 999",
                "--tokens 1,2,3 --position 0 --from-layer 0 --method magic|pushforward, pullback or rows",
                "--tokens 1,2,3 --position 0 --from-layer 0 --memory lots|512m or 4g",
                "--tokens 1,2,3 --position 0 --from-layer 0 --columns 5..2|0..255",
                "--tokens 1,2,3 --position 0 --from-layer 0 --columns 0..999|the Jacobian has 0..",
                "--tokens 1,2,3 --position 0 --from-layer 0 --float64 --backend cpu|cpu computes in float32",
                "--tokens 1,2,3 --from-layer 0|--position",
                "--tokens 1,2,3 --position 0 --from-layer 0 --boundary no-such-file|no-such-file",
                "--tokens 1,2,3 --position 0 --from-layer 0 --part experiments/models/nano-sort|is a whole model",
            })
    void mistakesAreToldInOneSentence(String args, String expected) {
        Path file = folder.resolve("j.safetensors");
        String[] given = ("--model experiments/models/nano-sort " + args).split(" ");
        for (int i = 0; i < given.length; i++) {
            given[i] = given[i].replace('_', args.contains("--prompt") && given[i].startsWith("<") ? ' ' : '_');
        }
        String[] all = Arrays.copyOf(given, given.length + 2);
        all[given.length] = "--out";
        all[given.length + 1] = file.toString();
        assertThat(run(all)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(expected).doesNotContain("\tat ");
        assertThat(file).doesNotExist();
    }

    @Test
    void partsWithoutBoundaryStatesAreRefused() {
        assertThat(run("--part", "x", "--tokens", "1,2", "--position", "0", "--from-layer", "0", "--out", "y"))
                .isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--boundary FILE");
    }

    private int run(String... args) {
        String[] words = new String[args.length + 2];
        words[0] = "relation";
        words[1] = "jacobian";
        System.arraycopy(args, 0, words, 2, args.length);
        Terminal terminal = terminal();
        return Reprise.run(new Rooms(List.of(words), Path.of("")), terminal, words);
    }

    private Terminal terminal() {
        return new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                100);
    }
}
