package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code circuit} refuses, and in which words. */
class CircuitMistakesTest extends CircuitDesk {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RUN|no prompts are given; choose one of --task",
                "RUN --task --pairs x.jsonl|--task and --pairs are given; choose one of",
                "RUN --task --words w.txt|--words belongs to --contrast and --template",
                "RUN --pairs x.jsonl|x.jsonl does not exist",
                "RUN --task --given 3 --split train|ask for 128 prompts",
                "RUN --task --series months|series letters",
                "RUN --task --method magic|--method \"magic\" is unknown; choose exhaustive, greedy, eap",
                "RUN --task --units nodes --method eap|units: edges",
                "RUN --task --keep 80|such as 0.8",
                "RUN --task --process melt|--process \"melt\" is unknown; choose fold_layer_norm",
                "RUN --task --ensemble 3 --method exhaustive|has no order",
                "RUN --task --twins 5|--roles",
                "RUN --task --direction denoising|cannot denoise",
                "RUN --template done|needs --series",
                "RUN --template gone --series months|--template \"gone\" is unknown; choose done, lost, born",
                "RUN --contrast greater_than --words w.txt|--words belongs to --contrast ioi",
                "RUN --template done --series months|\"Book\"",
                "NONE --template done --series months|has no tokenizer",
                "TOY --task|is no run with a task of its own",
                "TOY --pairs PAIRS --checkpoints|is no run directory, so it has no checkpoints",
                "TOY --pairs PAIRS --discovery 60 --evaluation 30|ask for 90 prompts, and",
                "TOY --pairs PAIRS --eval-pairs PAIRS|64 of 64 prompts of prompts.jsonl are also among the 64",
                "TOY --pairs PAIRS --evaluation 0|evaluation = 0, expected 1 or more",
                "TOY --pairs PAIRS --positions x9|the roles of task",
                "TOY --pairs PAIRS --out .|is a directory",
                "TOY --pairs PAIRS --out deep/down.json|there is no directory",
                "GPT2 --template done --series months --filter --discovery 8 --evaluation 8|the model did none of 100 rounds",
                "GPT2 --template done --series months --discovery 8 --evaluation 8|is refused: the model is at chance",
                "GPT2 --contrast ioi --discovery 8 --evaluation 8 --force --roles --twins 3|take at least 50 twins",
                "GPT2 --contrast greater_than --discovery 80 --evaluation 20|there are 91",
                "nowhere --task|nowhere"
            })
    void mistakesAreTheUsersAndSaidOnce(String arguments, String words) {
        String none = "src/test/resources/goldens/gpt2";
        String[] all = Stream.of(arguments.split(" "))
                .map(word -> switch (word) {
                    case "RUN" -> run.toString();
                    case "TOY" -> TOY;
                    case "PAIRS" -> PAIRS;
                    case "GPT2" -> random.toString();
                    case "NONE" -> none;
                    default -> word;
                })
                .toArray(String[]::new);
        refused(words, all);
    }

    @Test
    void pairsThatDoNotFitAreRefusedWithTheirLine() throws IOException {
        refused(
                "line 2: clean has 3 tokens [\"1\", \"2\", \"3\"] and corrupt has 2",
                TOY,
                "--pairs",
                pairs(
                        "{\"clean\": \"1 2 3\", \"corrupt\": \"4 5 3\", \"answer\": \"4\", \"wrong\": \"5\"}",
                        "{\"clean\": \"1 2 3\", \"corrupt\": \"4 5\", \"answer\": \"4\", \"wrong\": \"5\"}"));
        refused(
                "has prompts of 7 tokens, and the model sees at most n_ctx = 6",
                TOY,
                "--pairs",
                pairs(line("[1,2,3,4,5,6,7]", "[1,2,3,4,5,7,7]"), line("[2,2,3,4,5,6,7]", "[1,2,3,4,5,7,7]")));
        String same = line("[1,2,3]", "[3,2,3]");
        refused("1 of 1 prompts of", TOY, "--pairs", pairs(same), "--eval-pairs", pairs(same));
        refused("has 1 clean prompt", TOY, "--pairs", pairs(same, line("[1,2,3]", "[4,2,3]")));
        refused(
                "has no tokenizer",
                "src/test/resources/goldens/gpt2",
                "--pairs",
                pairs("{\"clean\": \"a b\", \"corrupt\": \"a c\", \"answer\": 1, \"wrong\": 2}"));
    }

    @Test
    void aTaskThatALookupDoesIsRefusedWithTheNumbersUnlessForced() throws IOException {
        // 10 11 12 → 13 needs the last token alone
        String[] lines = IntStream.range(10, 16)
                .mapToObj(n -> "{\"clean\": [%d, %d, %d], \"corrupt\": [%d, %d, %d], \"answer\": %d, \"wrong\": %d}"
                        .formatted(n, n + 1, n + 2, n + 5, n + 6, n + 7, n + 3, n + 8))
                .toArray(String[]::new);
        String file = pairs(IntStream.range(0, 6)
                .boxed()
                .flatMap(before -> Stream.of(lines).map(line -> line.replace("[", "[" + before + ", ")))
                .toArray(String[]::new));
        refused("a lookup does it as well: bigram of the other prompts", TOY, "--pairs", file);
        assertThat(text(err)).contains("(--force)");
        JsonNode found = found(TOY, "--pairs", file, "--force", "--controls", "4", "--knockouts", "0");
        assertThat(found.path("screening").path("forced").asBoolean()).isTrue();
    }

    @Test
    void whereTheModelHasNothingToLoseEveryMethodSaysSo() throws IOException {
        Path exchanged = Files.writeString(
                folder.resolve("exchanged.jsonl"),
                Files.readString(Path.of(PAIRS))
                        .replace("answer", "other")
                        .replace("wrong", "answer")
                        .replace("other", "wrong"));
        for (String method : List.of("greedy", "eap", "exact_edges")) {
            refused("expected more than 0", TOY, "--pairs", exchanged.toString(), "--force", "--method", method);
        }
    }

    @Test
    void checkpointsThatWereThrownAwayAreNotThere() throws IOException {
        Path copy = folder.resolve("copy");
        try (Stream<Path> all = Files.walk(run)) {
            for (Path path : all.toList()) {
                if (!path.toString().contains("checkpoints")) {
                    Files.copy(path, copy.resolve(run.relativize(path).toString()));
                }
            }
        }
        String[] task = task("--checkpoints");
        task[0] = copy.toString();
        refused("has no whole checkpoint; train with train.keep_log_spaced=true", task);
    }

    private static String line(String clean, String corrupt) {
        return "{\"clean\": %s, \"corrupt\": %s, \"answer\": 8, \"wrong\": 9}".formatted(clean, corrupt);
    }

    private String pairs(String... lines) throws IOException {
        return Files.write(Files.createTempFile(folder, "pairs", ".jsonl"), List.of(lines))
                .toString();
    }

    private void refused(String words, String... arguments) {
        assertThat(circuit(arguments)).as(text(out)).isEqualTo(2);
        assertThat(text(err)).contains(words).doesNotContain("Exception");
        assertThat(text(out)).isEmpty();
    }
}
