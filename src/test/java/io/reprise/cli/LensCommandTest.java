package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The lens through the real command line: on the model that comes with the experiments, and on one without a tokenizer. */
class LensCommandTest {
    private static final String SORTER = "experiments/models/nano-sort";
    private static final String TOKENLESS = "src/test/resources/goldens/gpt2";
    private static final String TEXT = "<start> 7 3 9 1 5 3 <mid> 1 3 3 5 7";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void theTableHasNextTokensOnTopTheLastRowFirstAndStarsWhereTheModelIsRight() {
        assertThat(lens("--prompt", TEXT, "--from", "7")).as(text(err)).isZero();
        assertThat(text(out).lines().map(line -> line.replaceAll("\\s+", " ")))
                .containsExactly(
                        "next * 1 * 3 * 3 * 5 * 7 (9)",
                        "blocks.2.resid 1 3 3 5 7 9",
                        "blocks.1.resid 1 3 3 5 7 9",
                        "blocks.0.resid 1 1 3 3 7 9",
                        "input <mid> 1 3 3 5 7",
                        "read <mid> 1 3 3 5 7");
        assertThat(text(err)).contains("GPT-2 · 3 layers, 3 heads, d_model 48").contains("decoder ln_final, unembed");
    }

    @Test
    void longPromptsFoldToTheTerminalsWidth() {
        for (int columns : new int[] {30, 50, 90}) {
            assertThat(type(columns, Terminal.Shading.NONE, "lens", "--model", SORTER, "--prompt", TEXT))
                    .isZero();
            assertThat(text(out).lines()).allMatch(line -> line.length() < columns);
            assertThat(text(out)
                            .lines()
                            .filter(line -> line.startsWith("read"))
                            .mapToInt(line -> line.trim().split("\\s+").length - 1)
                            .sum())
                    .isEqualTo(13);
        }
    }

    @Test
    void cellsAreShadedOnlyWhereTheTerminalHasColours() {
        String[] args = {"lens", "--model", SORTER, "--prompt", TEXT};
        assertThat(type(100, Terminal.Shading.NONE, args)).isZero();
        String plain = text(out);
        assertThat(plain).doesNotContain("\u001b");
        assertThat(type(100, Terminal.Shading.ANSI, args)).isZero();
        assertThat(text(out)).contains("\u001b[30;48;5;");
        assertThat(unstyled(text(out))).isEqualTo(unstyled(plain));
        assertThat(type(100, Terminal.Shading.TRUE, args)).isZero();
        assertThat(text(out)).contains("\u001b[97;48;2;").contains("\u001b[1m * 1");
        assertThat(unstyled(text(out))).isEqualTo(unstyled(plain));
    }

    @ParameterizedTest
    @CsvSource({
        "--kl, blocks.2.resid 0.0 0.0",
        "--ranks, blocks.2.resid 1 1",
        "--logits, blocks.2.resid 3 3",
        "--probs, blocks.2.resid 3 3",
        "--entropy, blocks.2.resid 0.0 0.0"
    })
    void cellsSayWhatWasAskedFor(String statistic, String row) {
        assertThat(lens("--prompt", TEXT, "--from", "8", "--to", "10", statistic))
                .isZero();
        assertThat(text(out).replaceAll(" +", " ")).contains(row + "\n");
    }

    @Test
    void rowsDecoderAndOrderAreChosen() {
        assertThat(lens("--prompt", TEXT, "--sub-blocks", "--block-step", "2", "--no-input", "--top-down"))
                .isZero();
        assertThat(labels()).containsExactly("blocks.0.attn", "blocks.0.mlp", "blocks.2.attn", "blocks.2.mlp");
        assertThat(lens("--prompt", TEXT, "--decoder", "h.2.mlp", "--rows", "input,h.1,blocks.2.attn", "--to", "3"))
                .isZero();
        assertThat(labels()).containsExactly("blocks.2.attn", "blocks.1.resid", "input");
        assertThat(lens("--prompt", TEXT, "--to", "3", "--top-k", "2")).isZero();
        assertThat(text(out).lines()).hasSize(2 + 2 * 4);
    }

    private List<String> labels() {
        return text(out)
                .lines()
                .map(line -> line.replaceAll(" .*", ""))
                .filter(label -> !label.matches("next|read|"))
                .distinct()
                .toList();
    }

    @Test
    void jsonHasEveryStatisticAndNeitherStreamingNorTheBatchChangesABit() throws IOException {
        Path prompts = Files.writeString(folder.resolve("prompts.jsonl"), """
                {"id": "text", "text": "<start> 7 3 9 1 5 3 <mid> 1 3"}
                {"tokens": [12, 1, 2]}

                {"text": "<start> 0 0 1 2 3 4 <mid> 0 0 1 2 3"}
                """);
        String[] args = {"--prompts", prompts.toString(), "--json", "--sub-blocks"};
        assertThat(lens(args)).as(text(err)).isZero();
        String usual = text(out);
        List<String> lines = usual.lines().toList();
        assertThat(lines).hasSize(3);
        JsonNode first = JSON.readTree(lines.get(0));
        assertThat(first.get("prompt").asText()).isEqualTo("text");
        assertThat(first.get("sites").get(1).asText()).isEqualTo("blocks.0.hook_resid_mid");
        JsonNode cell = first.get("cells").get(6).get(8);
        assertThat(cell.get("next").get("text").asText()).isEqualTo("3");
        assertThat(cell.get("kl").asDouble()).isZero();
        assertThat(cell.get("top")).hasSize(5);
        assertThat(first.get("cells").get(0).get(9).has("next")).isFalse();
        for (String[] more :
                new String[][] {{"--batch", "1"}, {"--stream"}, {"--threads", "1"}, {"--batch", "2", "--stream"}}) {
            assertThat(lens(Stream.concat(Arrays.stream(args), Arrays.stream(more))
                            .toArray(String[]::new)))
                    .isZero();
            assertThat(text(out)).isEqualTo(usual);
        }
    }

    @Test
    void filesAreOfTheKindThatTheirEndingSays() throws IOException {
        String[] kinds = {"html", "svg", "png", "csv", "json"};
        String[] args = Stream.concat(
                        Stream.of("--prompt", TEXT),
                        Arrays.stream(kinds)
                                .flatMap(kind -> Stream.of(
                                        "--out", folder.resolve("lens." + kind).toString())))
                .toArray(String[]::new);
        assertThat(lens(args)).as(text(err)).isZero();
        assertThat(text(out).lines()).hasSize(5);
        String page = Files.readString(folder.resolve("lens.html"));
        assertThat(page)
                .contains("<title>Logit lens · nano-sort")
                .contains("model&#39;s guess 9: ")
                .contains("* 1</th>");
        assertThat(page).doesNotContain("<script").doesNotContain("http");
        assertThat(Files.readString(folder.resolve("lens.svg")))
                .contains("blocks.2.resid")
                .contains("(9)");
        assertThat(Files.readAllBytes(folder.resolve("lens.png"))).startsWith(0x89, 'P', 'N', 'G');
        List<String> csv = Files.readAllLines(folder.resolve("lens.csv"));
        assertThat(csv).hasSize(1 + 4 * 13);
        assertThat(csv.get(0)).startsWith("prompt,row,site,position,token_id,token,kl,entropy,guess_id,guess,");
        assertThat(csv.get(1)).startsWith("prompt,input,blocks.0.hook_resid_pre,0,12,<start>,");
        assertThat(csv).allMatch(line -> line.split(",", -1).length == 38);
        assertThat(JSON.readTree(folder.resolve("lens.json").toFile()).get("prompts"))
                .hasSize(1);
    }

    @Test
    void severalPromptsHaveAPictureEach() throws IOException {
        Path prompts =
                Files.writeString(folder.resolve("p.jsonl"), "{\"tokens\": [1]}\n{\"id\": \"b/c\", \"tokens\": [2]}\n");
        assertThat(lens(
                        "--prompts",
                        prompts.toString(),
                        "--out",
                        folder.resolve("x.svg").toString()))
                .isZero();
        assertThat(folder.resolve("x-0.svg")).exists();
        assertThat(folder.resolve("x-b-c.svg")).exists();
    }

    @Test
    void aRunsModelIsLookedIntoToo() throws IOException {
        Path yaml = Files.writeString(folder.resolve("tiny.yaml"), """
                name: tiny
                task: {series: numerals, rule: {add: 1}, start: 1..20, length: 3..5}
                split: {by: example, train: 0.6, validation: 0.2, test: 0.2}
                model: {n_layers: 2, d_model: 16, n_heads: 2, d_mlp: 0, positions: rotary}
                train: {steps: 4, batch_size: 16}
                tracking_uri: none
                """);
        Path runs = folder.resolve("runs");
        assertThat(type(
                        100,
                        Terminal.Shading.NONE,
                        "run",
                        yaml.toString(),
                        "--runs",
                        runs.toString(),
                        "--datasets",
                        "datasets"))
                .as(text(err))
                .isZero();
        Path run;
        try (Stream<Path> hashes = Files.list(runs.resolve("tiny"))) {
            run = hashes.findFirst().orElseThrow().resolve("seed-42");
        }
        assertThat(type(100, Terminal.Shading.NONE, "lens", "--model", run.toString(), "--prompt", "3 4 5"))
                .as(text(err))
                .isZero();
        assertThat(labels()).containsExactly("blocks.1.resid", "blocks.0.resid", "input");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--prompt 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1 | unknown token",
                "--tokens 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1 | the prompt has 15 tokens; this model sees at most n_ctx = 14. Shorten it",
                "--tokens 1,99 | token id 99 is outside this model's vocabulary of 0..13",
                "--tokens 1,2 --rows blocks.1.atn | nearest names: blocks.1.attn",
                "--tokens 1,2 --rows blocks.3.resid | \"blocks.3.resid\" is out of range: this model has layers 0..2",
                "--tokens 1,2 --decoder h.2.mpl | is no module that maps a residual stream; nearest names: blocks.2.mlp",
                "--tokens 1,2 --decoder h.7 | \"h.7\" is out of range",
                "--tokens 1,2 --decoder h.2 --rows h.2 | the last row it can read is blocks.1.resid",
                "--tokens 1,2 --from 2 | are not in a prompt of 2 tokens",
                "--tokens 1,2 --to 3 | expected 0 ≤ from < to ≤ 2",
                "--tokens 1,2 --top-k 0 | top_k = 0; expected 1 or more",
                "--tokens 1,2 --top-k 15 | top_k = 15 is more than the vocabulary of 14",
                "--tokens 1,2 --block-step 0 | block_step = 0",
                "--tokens 1,2 --batch 0 | batch = 0",
                "--tokens 1,2 --out lens.pdf | choose from .html, .svg, .png, .csv, .json",
                "--tokens 1,2 --kl --ranks | mutually exclusive",
                "--tokens 1,2 --prompt 7 | mutually exclusive",
                "--tokens 1,x | 'x' is not an int",
                "--tokens 1,2 --backend gpu | \"gpu\" is no backend; choose cpu or nd4j",
                "--kl | Missing required argument",
                "--prompts missing.jsonl | missing.jsonl: no such file",
            })
    void mistakesAreOneClearSentence(String args, String message) {
        assertThat(lens(args.split(" "))).as(text(err)).isEqualTo(2);
        assertThat(text(err)).contains(message).doesNotContain("\tat ");
        assertThat(text(out)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "{\"text\": \"\"}", "{\"tokens\": []}", "not json"})
    void promptFilesWithoutPromptsAreRefused(String content) throws IOException {
        Path prompts = Files.writeString(folder.resolve("prompts.jsonl"), content);
        assertThat(lens("--prompts", prompts.toString())).isEqualTo(2);
        assertThat(text(err)).contains("prompts.jsonl").doesNotContain("\tat ");
    }

    @Test
    void aPromptOfAFileIsNamedByItsLine() throws IOException {
        Path prompts = Files.writeString(folder.resolve("p.jsonl"), "{\"tokens\": [1]}\n{\"tokens\": [2, 77]}\n");
        assertThat(lens("--prompts", prompts.toString())).isEqualTo(2);
        assertThat(text(err)).contains("p.jsonl, line 2: token id 77 is outside");
    }

    @Test
    void textForAModelWithoutATokenizerSaysWhatIsMissing() {
        assertThat(type(100, Terminal.Shading.NONE, "lens", "--model", TOKENLESS, "--prompt", "hello"))
                .isEqualTo(2);
        assertThat(text(err)).contains("is text").contains("tokenizer.json");
        assertThat(type(100, Terminal.Shading.NONE, "lens", "--model", TOKENLESS, "--tokens", "1,2,3"))
                .as(text(err))
                .isZero();
        assertThat(text(out)).contains("#1");
    }

    @Test
    void aDirectoryThatIsNoModelIsRefused() {
        assertThat(type(100, Terminal.Shading.NONE, "lens", "--model", folder.toString(), "--tokens", "1"))
                .isEqualTo(2);
        assertThat(text(err)).contains("is not a model directory");
    }

    private int lens(String... args) {
        return type(
                100,
                Terminal.Shading.NONE,
                Stream.concat(Stream.of("lens", "--model", SORTER), Arrays.stream(args))
                        .toArray(String[]::new));
    }

    private int type(int columns, Terminal.Shading shading, String... args) {
        out.reset();
        err.reset();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                columns,
                shading);
        return Reprise.run(new Rooms(List.of(args), folder), terminal, args);
    }

    private static String unstyled(String text) {
        return text.replaceAll("\u001b\\[[0-9;]*m", "").replaceAll("(?m) +$", "");
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
