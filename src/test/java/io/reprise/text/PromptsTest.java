package io.reprise.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptsTest {
    private static final Optional<Tokenizer> TOY =
            Optional.of(new VocabularyTokenizer(Vocabulary.of(List.of("one", "two", "three"))));

    @TempDir
    Path folder;

    @Test
    void readsTextsAndTokensWithOrWithoutAName() throws IOException {
        Prompts prompts = read("""
                {"text": "one two", "id": "first"}

                {"tokens": [2, 0]}
                {"tokens": [1], "id": 7}
                """);
        assertThat(prompts.all())
                .containsExactly(
                        new Prompt.Text(Optional.of("first"), "one two"),
                        new Prompt.Tokens(Optional.empty(), List.of(2, 0)),
                        new Prompt.Tokens(Optional.of("7"), List.of(1)));
        assertThat(prompts.name(0)).isEqualTo("first");
        assertThat(prompts.name(1)).isEqualTo("1");
        assertThat(prompts.place(1)).endsWith("prompts.jsonl, line 3");
        assertThat(prompts.encode(TOY)).containsExactly(new int[] {0, 1}, new int[] {2, 0}, new int[] {1});
    }

    @Test
    void tokenIdsNeedNoTokenizerAndTextDoes() throws IOException {
        assertThat(read("{\"tokens\": [50256]}").encode(Optional.empty())).containsExactly(new int[] {50256});
        assertThatThrownBy(() -> read("{\"tokens\": [1]}\n{\"text\": \"one\"}").encode(Optional.empty()))
                .isInstanceOf(MissingTokenizerException.class)
                .hasMessageContaining(
                        "prompts.jsonl, line 2 is text, but the model directory has no tokenizer (looked for"
                                + " tokenizer.json, vocab.json with merges.txt")
                .hasMessageContaining("{\"tokens\": [464, 3290]}");
    }

    @Test
    void takesTextsOfACommandLine() throws IOException {
        Prompts prompts = Prompts.of(List.of("one", "two three"));
        assertThat(prompts.encode(TOY)).containsExactly(new int[] {0}, new int[] {1, 2});
        assertThat(prompts.name(1)).isEqualTo("1");
        assertThatThrownBy(() -> Prompts.of(List.of(""))).hasMessage("the prompt is empty");
        assertThatThrownBy(() -> Prompts.of(List.of(" ")).encode(TOY)).hasMessage("the prompt: the text has no tokens");
        assertThatThrownBy(() -> Prompts.of(List.of("one", "thre")).encode(TOY))
                .hasMessageStartingWith("prompt 2: unknown token \"thre\" (nearest: three");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | has no prompts",
                "'  ' | has no prompts",
                "{\"text\": \"one\", \"name\": 1} | line 1: unknown key \"name\"; expected some of [id, text, tokens]",
                "{\"id\": \"a\"} | line 1: has neither of \"text\" and \"tokens\"",
                "{\"text\": \"one\", \"tokens\": [1]} | line 1: has both",
                "{\"text\": \"\"} | line 1: \"text\" is empty",
                "{\"tokens\": []} | line 1: \"tokens\" is empty",
                "{\"tokens\": [1, -2]} | token id -2 is negative",
                "{\"tokens\": [1.5]} | token id 1.5 is not a whole number",
                "{\"tokens\": 3} | expected a list of token ids",
                "{\"text\": 3} | \"text\" is 3, expected a string",
                "one two | line 1: is not valid JSON",
                "{\"text\": \"one\"} {\"text\": \"two\"} | line 1: is not valid JSON",
                "{\"text\": \"one\", \"text\": \"two\"} | line 1: is not valid JSON",
                "[1] | line 1: expected {\"text\"",
                "{\"tokens\": [1], \"id\": \"1\"}~{\"tokens\": [2]} | line 2: the name \"1\" is taken by",
            })
    void aMistakeNamesItsLine(String content, String message) {
        assertThatThrownBy(() -> read(content.replace('~', '\n')))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prompts.jsonl")
                .hasMessageContaining(message);
    }

    @Test
    void aFileThatIsNoTextIsNamed() throws IOException {
        Path file = folder.resolve("prompts.jsonl");
        Files.write(file, new byte[] {'{', (byte) 0xFF, '}'});
        assertThatThrownBy(() -> Prompts.read(file)).hasMessageContaining("prompts.jsonl: is not UTF-8 text");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> Prompts.read(folder.resolve("none.jsonl")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none.jsonl: no such file");
    }

    private Prompts read(String lines) throws IOException {
        Path file = folder.resolve("prompts.jsonl");
        Files.writeString(file, lines);
        return Prompts.read(file);
    }
}
