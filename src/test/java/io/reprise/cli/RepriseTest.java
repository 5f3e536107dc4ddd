package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reprise.experiment.RunOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepriseTest {
    private static final String YAML = """
            name: lab
            task: {series: numerals, rule: {add: 1}, start: 1..60, length: 4..7}
            model: {n_heads: 2, d_model: 64}
            """;

    @TempDir
    Path folder;

    private final Desk desk = new Desk(false);

    private String file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content).toString();
    }

    @Test
    void aRunTellsItsStoryOnStderrAndItsResultOnStdout() throws IOException {
        int code = desk.type("run", file("lab.yaml", YAML), "--threads", "2");
        assertThat(desk.err().replaceAll("  [0-9.]+[kM]? tok/s  eta \\d+ s", ""))
                .isEqualTo("""
                        lab · numerals +1 · 1 layer, 2 heads, d_model 64 (38,720 parameters) · seed 42 · cpu, 2 threads
                        data   train 4,096 · val 512 · test 512   shared with train: examples 0 · windows 6% · (previous → next) 100%
                        note   a bigram table solves this task (100%)
                        train  step 10/100  loss 0.1000  val acc 99.40%
                        train  step 20/100  loss 0.0500  val acc 99.40%
                        train  step 30/100  loss 0.0333  val acc 99.40%
                        train  step 40/100  loss 0.0250  val acc 99.40%
                        train  step 50/100  loss 0.0200  val acc 99.40%
                        warn   MLflow does not answer
                        stop   validation accuracy reached at step 50
                        """);
        assertThat(desk.out()).isEqualTo("""
                        test   99.95% ± 0.06 of determined next elements (ceiling 100%, bigram 100%) · loss 0.0090
                        met    test/determined_accuracy = 0.9995, expected at least 0.999 (bigram 1)
                        runs/lab/5f3a91c2/seed-42/report.html
                        MLflow  mlflow ui --backend-store-uri sqlite:///runs/mlflow.db
                        """);
        assertThat(code).isZero();
    }

    @Test
    void quietSaysOnlyResultsAndWarnings() throws IOException {
        assertThat(desk.type("run", file("lab.yaml", YAML), "-q")).isZero();
        assertThat(desk.err()).isEqualTo("warn   MLflow does not answer\n");
        assertThat(desk.out()).startsWith("test   99.95%");
    }

    @Test
    void jsonIsOneObjectALine() throws IOException {
        assertThat(desk.type("run", file("lab.yaml", YAML), "--json", "--sweep", "seed=1..3"))
                .isZero();
        var lines = desk.out().lines().toList();
        assertThat(lines).hasSize(4);
        for (var line : lines.subList(0, 3)) {
            var object = new ObjectMapper().readTree(line);
            assertThat(object.get("directory").asText()).startsWith("runs/lab/5f3a91c2/seed-");
            assertThat(object.at("/result/metrics/test~1loss").doubleValue()).isEqualTo(0.009);
        }
        assertThat(new ObjectMapper()
                        .readTree(lines.get(3))
                        .at("/expectations/0/met")
                        .booleanValue())
                .isFalse();
    }

    @Test
    void onATerminalABarIsDrawnAndTakenAway() throws IOException {
        var screen = new Desk(true).but(seed -> {});
        assertThat(screen.type("run", file("lab.yaml", YAML))).isZero();
        assertThat(screen.err()).contains("\r\u001b[Ktrain  ").doesNotContain("train  step");
        assertThat(screen.err()).endsWith("stop   validation accuracy reached at step 50\n");
    }

    @Test
    void aSweepSharesTheThreadsOut() throws IOException {
        assertThat(desk.type(
                        "run", file("lab.yaml", YAML), "--threads", "8", "--sweep", "seed=1..2", "model.d_model=32,64"))
                .isZero();
        assertThat(desk.runs).extracting(RunOptions::threads).containsExactly(2, 2, 2, 2);
        assertThat(desk.asked).containsExactly("summarize 4");
        assertThat(desk.parents).allMatch(id -> id.matches("[0-9a-f]{32}")).containsOnly(desk.parents.get(0));
        assertThat(desk.out()).contains("seed=2 model.d_model=32\n  test   99.95%");
        assertThat(desk.out()).endsWith("MISSED unit/test/accuracy = 0.2500, expected at most 0.1\n");
    }

    @Test
    void oneBrokenRunDoesNotStopTheOthers() throws IOException {
        desk.but(seed -> {
            if (seed == 2) {
                throw new IllegalArgumentException("runs/lab is in use");
            }
        });
        assertThat(desk.type("run", file("lab.yaml", YAML), "--threads", "1", "--sweep", "seed=1..3"))
                .isEqualTo(2);
        assertThat(desk.out()).contains("seed=1\n").contains("seed=3\n").doesNotContain("seed=2\n");
        assertThat(desk.err()).endsWith("warn   seed=2 did not finish:\nruns/lab is in use\n");
        assertThat(desk.asked).isEmpty();
    }

    @Test
    void aMistakeIsOneMessageAndExitCodeTwo() throws IOException {
        var file = file("months.yaml", YAML.replace("n_heads: 2", "n_heads: 5"));
        assertThat(desk.type("run", file, "train.stpes=10")).isEqualTo(2);
        assertThat(desk.err()).isEqualTo(file + """
                         has 2 problems:
                          train.stpes: unknown key (did you mean train.steps?)
                          model.n_heads = 5 does not divide model.d_model = 64; choose from 1, 2, 4, 8, 16, 32, 64, or give d_head
                        """);
        assertThat(desk.out()).isEmpty();
        assertThat(desk.runs).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | @ is empty; expected keys and values, such as name: quickstart",
                "'[1, 2' | @, line 1, column 6 is not YAML: while parsing a flow sequence, expected ',' or ']', but got <stream end>",
                "hello | @ holds text \"hello\" at the top; expected keys and values, such as name: quickstart",
                "'extends: none.yaml' | @ has 1 problem:¶  extends: there is no file none.yaml (looked for $/none.yaml)",
                "'extends: lab.yaml' | @ has 1 problem:¶  extends: goes round in a circle: @ → @",
                "'name: lab' | @ has 1 problem:¶  task: missing; expected a mapping of mixture, series, rule, values, start, length, permuted, tokens, vocabulary, prepend_start, append_end, seed",
            })
    void badFilesAreTheUsersToMend(String yaml, String message) throws IOException {
        var file = file("lab.yaml", yaml);
        assertThat(desk.type("run", file)).isEqualTo(2);
        var expected =
                message.replace("@", file).replace("$", folder.toString()).replace("¶", "\n");
        assertThat(desk.err()).isEqualTo(expected + "\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run none.yaml | none.yaml does not exist",
                "run | Missing required parameter: 'FILE'¶See reprise run --help.",
                "run f steps | expected key=value such as train.steps=1000, got \"steps\"",
                "run f --sweep seed | --sweep: expected key=values such as seed=1..5 or model.d_model=32,64, got \"seed\"",
                "run f --threads 0 | --threads 0: expected 1 or more",
                "run f --threads two | Invalid value for option '--threads': 'two' is not an int¶See reprise run --help.",
                "run f --resume --force | --resume and --force exclude each other: go on, or start over",
                "run f --arm x | --arm x: lab has no arms",
                "export runs/lab | Missing required options: '--format=FORMAT', '--out=DIR'¶See reprise export --help.",
            })
    void badCommandsAreTheUsersToMend(String command, String message) throws IOException {
        var file = file("lab.yaml", YAML);
        var words = command.replace(" f", " " + file).split(" ");
        assertThat(desk.type(words)).isEqualTo(2);
        assertThat(desk.err()).isEqualTo(message.replace("¶", "\n") + "\n");
        assertThat(desk.out()).isEmpty();
    }

    @Test
    void anUnknownOptionOrCommandIsNamed() throws IOException {
        assertThat(desk.type("run", file("lab.yaml", YAML), "--resme")).isEqualTo(2);
        assertThat(desk.err()).contains("Unknown option: '--resme'").contains("--resume");
        var other = new Desk(false);
        assertThat(other.type("lnes")).isEqualTo(2);
        assertThat(other.err()).startsWith("Unmatched argument at index 0: 'lnes'\n");
        var none = new Desk(false);
        assertThat(none.type()).isEqualTo(2);
        assertThat(none.err()).contains("Usage: reprise").contains("compare");
    }

    @Test
    void filesThatCannotBeUsedAreTheUsersToMend() throws IOException {
        desk.but(seed -> {
            throw new AccessDeniedException("runs/lab");
        });
        assertThat(desk.type("run", file("lab.yaml", YAML))).isEqualTo(2);
        assertThat(desk.err()).isEqualTo("runs/lab: permission denied\n");
        var own = new Desk(false).but(seed -> {
            throw new UncheckedIOException("cannot write runs: choose another", new IOException("EACCES"));
        });
        assertThat(own.type("run", file("lab.yaml", YAML))).isEqualTo(2);
        assertThat(own.err()).isEqualTo("cannot write runs: choose another\n");
    }

    @Test
    void ourOwnMistakesLeaveAFileWithTheTrace() throws IOException {
        desk.but(seed -> {
            throw new IllegalStateException("a bug");
        });
        assertThat(desk.type("run", file("lab.yaml", YAML))).isEqualTo(1);
        var lines = desk.err().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0))
                .isEqualTo("reprise failed, and it is not your fault: java.lang.IllegalStateException: a bug");
        var trace =
                Path.of(lines.get(1).replaceAll("^Please report it with (.*), or look yourself with --debug.$", "$1"));
        assertThat(trace).content().contains("at io.reprise.cli.RepriseTest");
        Files.delete(trace);
    }

    @Test
    void debugShowsTheTraceOfAnything() throws IOException {
        desk.but(seed -> {
            throw new IllegalStateException("a bug");
        });
        assertThat(desk.type("run", file("lab.yaml", YAML), "--debug")).isEqualTo(1);
        assertThat(desk.err()).contains("at io.reprise.cli.RepriseTest").doesNotContain("Please report");
        var mistake = new Desk(false);
        assertThat(mistake.type("run", "none.yaml", "--debug")).isEqualTo(2);
        assertThat(mistake.err()).contains("at io.reprise.config.");
    }

    @Test
    void runningOutOfMemoryNamesTheWayOut() throws IOException {
        desk.but(seed -> {
            throw new OutOfMemoryError("Java heap space");
        });
        assertThat(desk.type("run", file("lab.yaml", YAML))).isEqualTo(1);
        assertThat(desk.err())
                .isEqualTo("out of memory (Java heap space): give it more, for example REPRISE_JAVA_OPTS=-Xmx8g\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "train", "evaluate", "compare", "sync", "export", "inspect"})
    void helpHasExamplesThatNameTheCommand(String command) {
        assertThat(desk.type(command, "--help")).isZero();
        assertThat(desk.err()).isEmpty();
        var text = desk.out();
        assertThat(text).startsWith("").contains("Usage: reprise " + command);
        var examples = text.substring(text.indexOf("Examples:"));
        assertThat(examples.lines().skip(1).collect(Collectors.toList()))
                .isNotEmpty()
                .allMatch(line -> line.startsWith("  reprise "))
                .anyMatch(line -> line.startsWith("  reprise " + command));
    }

    @Test
    void theOtherCommandsPassOnWhatWasAsked() {
        assertThat(desk.type("compare", "runs/seeds", "--by", "model.d_model,seed", "--metric", "test/accuracy"))
                .isZero();
        assertThat(desk.out()).isEqualTo("""
                        d_model  seeds  test/accuracy
                        32       5      0.962 ± 0.021
                        128      5      0.998 ± 0.001
                        runs/compare.html
                        """);
        assertThat(desk.type("sync")).isZero();
        assertThat(desk.type("sync", "runs/a", "--to", "http://localhost:5000")).isZero();
        assertThat(desk.type("export", "runs/a", "--format", "gpt2", "--out", "m"))
                .isZero();
        assertThat(desk.type("inspect", "m")).isZero();
        assertThat(desk.type("evaluate", "runs/a")).isZero();
        assertThat(desk.asked)
                .containsExactly(
                        "compare [runs/seeds] [model.d_model, seed] [test/accuracy]",
                        "sync [runs] ",
                        "sync [runs/a] http://localhost:5000",
                        "export runs/a gpt2",
                        "inspect m",
                        "evaluate runs/a");
    }

    @Test
    void trainStopsAfterTraining() throws IOException {
        assertThat(desk.type("train", file("lab.yaml", YAML))).isZero();
        assertThat(desk.runs).extracting(RunOptions::trainOnly).containsExactly(true);
    }

    @Test
    void asksAModelAndShowsFirstTokensWholeAnswersAndBaselines() {
        var desk = new Desk(false);
        assertThat(desk.type("evaluate", "--model", "models/gpt2", "--task", "plus-1,months", "--given", "3"))
                .isZero();
        assertThat(desk.asked).containsExactly("behaviour [models/gpt2] [plus-1, months] [3] [] 100");
        assertThat(desk.out())
                .contains("task    given  template  asked     first token  whole answer  P(answer)")
                .contains("plus-1  3      spaces    100 (−2)  97% [92–99]  90% [83–95]   75%")
                .contains("0% / 0%")
                .contains("100% / 100%");
        assertThat(desk.err()).contains("gpt2 · GPT-2 · 12 layers · 1,200 questions");
    }

    @Test
    void severalModelsStandSideBySide() {
        var desk = new Desk(false);
        assertThat(desk.type(
                        "evaluate", "--model", "models/xl", "--model", "models/neo", "--task", "fibonacci", "--quiet"))
                .isZero();
        assertThat(desk.asked).containsExactly("behaviour [models/xl, models/neo] [fibonacci] [2, 3, 5] [] 100");
        assertThat(desk.out())
                .contains("asked     xl: whole (first)  neo: whole (first)")
                .contains("90% [83–95] (97%)  90% [83–95] (97%)");
        assertThat(desk.err()).isEmpty();
    }

    @Test
    void answersAreJsonOneCellALine() throws Exception {
        var desk = new Desk(false);
        assertThat(desk.type("evaluate", "--model", "models/gpt2", "--task", "all", "--out", "here", "--json"))
                .isZero();
        var cell = new com.fasterxml.jackson.databind.ObjectMapper().readTree(desk.out());
        assertThat(cell.get("whole_right").intValue()).isEqualTo(90);
        assertThat(cell.get("task").textValue()).isEqualTo("plus-1");
        assertThat(desk.err()).isEmpty();
    }

    @Test
    void aRunAndAModelAreNotMixed() {
        for (String[] words : new String[][] {
            {"evaluate", "runs/a", "--task", "plus-1"},
            {"evaluate", "runs/a", "--model", "models/gpt2"},
            {"evaluate", "runs/a", "--limit", "3"},
            {"evaluate", "runs/a", "--out", "here"},
        }) {
            var desk = new Desk(false);
            assertThat(desk.type(words)).isEqualTo(2);
            assertThat(desk.err())
                    .contains("RUN is evaluated on its own test set")
                    .contains("--model runs/a --task TASK");
            assertThat(desk.asked).isEmpty();
        }
    }

    @Test
    void whatIsMissingToAskIsNamed() {
        var nothing = new Desk(false);
        assertThat(nothing.type("evaluate")).isEqualTo(2);
        assertThat(nothing.err()).contains("a RUN directory, or --model DIR with --task TASK");
        var task = new Desk(false);
        assertThat(task.type("evaluate", "--task", "plus-1")).isEqualTo(2);
        assertThat(task.err()).contains("--task needs a --model DIR");
        var model = new Desk(false);
        assertThat(model.type("evaluate", "--model", "models/gpt2")).isEqualTo(2);
        assertThat(model.err()).contains("--task list shows them");
        var limit = new Desk(false);
        assertThat(limit.type("evaluate", "--model", "m", "--task", "all", "--limit", "0"))
                .isEqualTo(2);
        assertThat(limit.err()).contains("--limit 0: expected 1 or more");
        var list = new Desk(false);
        assertThat(list.type("evaluate", "--task", "list")).isZero();
        assertThat(list.out()).contains("task plus-1");
    }
}
