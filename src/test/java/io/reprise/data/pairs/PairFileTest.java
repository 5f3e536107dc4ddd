package io.reprise.data.pairs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.text.Vocabulary;
import io.reprise.text.VocabularyTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairFileTest {
    private static final Vocabulary WORDS = Vocabulary.of(List.of("one", "two", "three", "four", "five"));

    @TempDir
    private Path folder;

    private PairSet read(String... lines) throws IOException {
        Path file = folder.resolve("pairs.jsonl");
        Files.write(file, List.of(lines));
        return new PairFile(new VocabularyTokenizer(WORDS)).read(file);
    }

    @Test
    void readsTextTokensAndRoles() throws IOException {
        PairSet set = read(
                "{\"clean\": \"one two\", \"corrupt\": [2, 1], \"answer\": \"three\", \"wrong\": 0}",
                "",
                "{\"clean\": [0, 1], \"corrupt\": [2, 1], \"answer\": 3, \"wrong\": 0, \"roles\": [\"x1\", \"x2\"]}");
        assertThat(set.groups()).hasSize(2);
        assertThat(set.groups().get(0).roles()).containsExactly("p1", "p2");
        assertThat(set.pairs().get(0)).isEqualTo(new PromptPair(List.of(0, 1), List.of(2, 1), 2, 0));
        assertThat(set.groups().get(1).roles()).containsExactly("x1", "x2");
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        PairSet set = new PairSet(
                "out.jsonl",
                List.of(
                        new PairSet.Group(
                                List.of("x1", "x2"), List.of(new PromptPair(List.of(0, 1), List.of(2, 1), 2, 0))),
                        new PairSet.Group(List.of("x1"), List.of(new PromptPair(List.of(0), List.of(1), 3, 4)))));
        Path file = folder.resolve("out.jsonl");
        PairFile.write(set, file);
        PairSet back = new PairFile(new VocabularyTokenizer(WORDS)).read(file);
        assertThat(back).isEqualTo(set);
        assertThat(back.digest()).isEqualTo(set.digest());
    }

    @Test
    void differentLengthsAreRefusedWithLineLengthsAndTokens() {
        assertThatThrownBy(() -> read(
                        "{\"clean\": [0], \"corrupt\": [1], \"answer\": 2, \"wrong\": 3}",
                        "{\"clean\": \"one two\", \"corrupt\": \"one two three\", \"answer\": 2, \"wrong\": 3}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("clean has 2 tokens [\"one\", \"two\"]")
                .hasMessageContaining("corrupt has 3 tokens [\"one\", \"two\", \"three\"]");
    }

    @Test
    void anAnswerOfSeveralTokensIsRefused() {
        assertThatThrownBy(() -> read("{\"clean\": [0], \"corrupt\": [1], \"answer\": \"four five\", \"wrong\": 3}"))
                .hasMessageContaining("answer \"four five\" is 2 tokens [\"four\", \"five\"]; expected one");
    }

    @Test
    void everythingElseThatIsWrongNamesTheLine() {
        assertThatThrownBy(() -> read("{")).hasMessageContaining("line 1 is not JSON");
        assertThatThrownBy(() -> read("")).hasMessageContaining("has no prompt pairs");
        assertThatThrownBy(() -> read("{\"clean\": [0], \"corrupt\": [1], \"answer\": 2}"))
                .hasMessageContaining("wrong is missing");
        assertThatThrownBy(() -> read("{\"clean\": [9], \"corrupt\": [1], \"answer\": 2, \"wrong\": 3}"))
                .hasMessageContaining("clean holds 9, expected a token id from 0 to 4");
        assertThatThrownBy(() -> read("{\"clean\": [0], \"corrupt\": [1], \"answer\": 2, \"wrong\": 3, \"x\": 1}"))
                .hasMessageContaining("unknown key x");
        assertThatThrownBy(() -> read(
                        "{\"clean\": [0], \"corrupt\": [1], \"answer\": 2, \"wrong\": 3, \"roles\": [\"a\", \"b\"]}"))
                .hasMessageContaining("roles are 2");
        assertThatThrownBy(() -> read("{\"clean\": [0], \"corrupt\": [1], \"answer\": 2, \"wrong\": 2}"))
                .hasMessageContaining("answer and wrong are both token 2");
    }
}
