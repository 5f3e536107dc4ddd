package io.reprise.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizersTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"bpe", "bpe-files", "wordpiece"})
    void encodesAndDecodesAsPythonDoes(String name) throws IOException {
        Tokenizer tokenizer = Tokenizers.open(PythonTokenizers.directory(name), 400, false);
        agrees(tokenizer, name);
    }

    @Test
    void gpt2WithoutFilesEncodesAndDecodesAsPythonDoes() throws IOException {
        Tokenizer tokenizer = Tokenizers.open(folder, 50_257, true);
        assertThat(tokenizer).isInstanceOf(JtokkitTokenizer.class);
        assertThat(tokenizer.encode("The dog")).containsExactly(464, 3290);
        agrees(tokenizer, "gpt2");
    }

    private static void agrees(Tokenizer tokenizer, String name) {
        assertThat(PythonTokenizers.cases(name)).hasSizeGreaterThan(10).allSatisfy(expected -> {
            assertThat(tokenizer.encode(expected.text)).isEqualTo(expected.ids);
            assertThat(tokenizer.decode(expected.ids)).isEqualTo(expected.decoded);
        });
    }

    @Test
    void tokenizerJsonGoesFirstThenVocabularyAndMergesThenAToysThenGpt2() throws IOException {
        Files.writeString(folder.resolve("vocabulary.json"), "[\"a\", \"b\"]");
        assertThat(Tokenizers.open(folder, 50_257, true)).isInstanceOf(VocabularyTokenizer.class);
        copy("bpe-files", "vocab.json");
        copy("bpe-files", "merges.txt");
        assertThat(Tokenizers.open(folder, 50_257, true).description()).startsWith("byte-level BPE (vocab.json sha256");
        copy("wordpiece", "tokenizer.json");
        Tokenizer whole = Tokenizers.open(folder, 50_257, true);
        assertThat(whole.size()).isLessThan(400);
        assertThat(whole.description()).matches("Hugging Face tokenizer \\(tokenizer\\.json sha256 [0-9a-f]{64}\\)");
    }

    @Test
    void withoutATokenizerItSaysWhatWasLookedForAndWhatElseCanBeGiven() throws IOException {
        assertThat(Tokenizers.find(folder, 50_257, false)).isEmpty();
        assertThat(Tokenizers.find(folder, 50_304, true)).isEmpty();
        assertThatThrownBy(() -> Tokenizers.open(folder, 50_257, false))
                .isInstanceOf(MissingTokenizerException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("tokenizer.json, vocab.json with merges.txt")
                .hasMessageContaining("{\"tokens\": [464, 3290]}");
    }

    @ParameterizedTest
    @CsvSource({"bpe, 400", "bpe-files, 400"})
    void aVocabularyLargerThanTheEmbeddingIsRefusedAndASmallerOneIsNot(String name, int size) throws IOException {
        Path directory = PythonTokenizers.directory(name);
        assertThat(Tokenizers.open(directory, size + 48, false).size()).isEqualTo(size);
        assertThatThrownBy(() -> Tokenizers.open(directory, size - 1, false))
                .isInstanceOf(TokenizerFormatException.class)
                .hasMessageContaining("has 400 token ids, but the model's embedding only 399 rows");
    }

    @Test
    void showsTokensWithTheirSpaceAndEscapesWhatIsNoWholeCharacter() throws IOException {
        for (Tokenizer tokenizer :
                new Tokenizer[] {new JtokkitTokenizer(), Tokenizers.open(PythonTokenizers.directory("bpe"), 448, false)
                }) {
            assertThat(tokenizer.token(tokenizer.encode(" 1")[0])).isIn(" 1", " ");
            assertThat(tokenizer.token(tokenizer.encode("\n")[0])).isEqualTo("\\n");
            assertThat(tokenizer.token(tokenizer.encode("\u0001")[0])).isEqualTo("\\x01");
            assertThat(tokenizer.token(tokenizer.encode("\ua000")[0])).matches("\\\\xea(\\\\x80)?");
            assertThat(tokenizer.token(tokenizer.encode("<|endoftext|>")[0])).isEqualTo("<|endoftext|>");
            assertThat(tokenizer.token(tokenizer.size() + 7)).isEqualTo("<unused " + (tokenizer.size() + 7) + ">");
            assertThat(tokenizer.decode(
                            tokenizer.encode("a")[0],
                            tokenizer.size(),
                            tokenizer.encode("b")[0]))
                    .isEqualTo("a<unused " + tokenizer.size() + ">b");
            assertThatThrownBy(() -> tokenizer.token(-1)).hasMessageContaining("negative");
        }
    }

    @Test
    void shownBytesAreWholeCharactersOrEscapes() {
        byte[] mixed = "é \u65e5🙂".getBytes(StandardCharsets.UTF_8);
        assertThat(TokenBytes.shown(mixed)).isEqualTo("é \u65e5🙂");
        assertThat(TokenBytes.shown(
                        new byte[] {'a', (byte) 0xE2, (byte) 0x80, 'b', (byte) 0x80, (byte) 0xC0, (byte) 0xAF}))
                .isEqualTo("a\\xe2\\x80b\\x80\\xc0\\xaf");
        assertThat(TokenBytes.shown(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}))
                .isEqualTo("\\xed\\xa0\\x80");
    }

    @Test
    void halfASurrogatePairIsRefused() throws IOException {
        for (Tokenizer tokenizer :
                new Tokenizer[] {new JtokkitTokenizer(), Tokenizers.open(PythonTokenizers.directory("bpe"), 400, false)
                }) {
            assertThatThrownBy(() -> tokenizer.encode("ab\ud83dc"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("\\ud83d) at character 2");
        }
    }

    /** DJL would ask a cloud's metadata service where it runs, and unpack its library into the home directory. */
    @Test
    void theNativeLibraryIsLoadedOfflineAndUnpackedWhereItIsTold() throws IOException {
        Tokenizers.open(PythonTokenizers.directory("bpe"), 400, false);
        assertThat(ai.djl.util.Utils.isOfflineMode()).isTrue();
        assertThat(System.getProperty("OPT_OUT_TRACKING")).isEqualTo("true");
        assertThat(System.getenv("DJL_CACHE_DIR")).isNotNull();
        assertThat(ai.djl.util.Utils.getCacheDir()).isEqualTo(Path.of(System.getenv("DJL_CACHE_DIR")));
    }

    @Test
    void addedTokensAreWholeTokens() throws IOException {
        copy("bpe-files", "vocab.json");
        copy("bpe-files", "merges.txt");
        Files.writeString(folder.resolve("added_tokens.json"), "{\"<|pad|>\": 400}");
        Tokenizer tokenizer = Tokenizers.open(folder, 401, false);
        assertThat(tokenizer.size()).isEqualTo(401);
        assertThat(tokenizer.encode("a<|pad|>")).hasSize(2).endsWith(400);
        assertThat(tokenizer.description()).contains("merges.txt sha256").contains("added_tokens.json sha256");
    }

    @Test
    void aToysVocabularyIsATokenizer() throws IOException {
        Files.writeString(folder.resolve("vocabulary.json"), "[\"one\", \"one hundred\", \"<start>\"]");
        Tokenizer tokenizer = Tokenizers.open(folder, 3, false);
        assertThat(tokenizer.encode("<start> one hundred one")).containsExactly(2, 1, 0);
        assertThat(tokenizer.decode(2, 1, 0)).isEqualTo("<start> one hundred one");
        assertThat(tokenizer.token(1)).isEqualTo("one hundred");
        assertThat(tokenizer.description()).startsWith("vocabulary of 3 tokens");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tokenizer.json | {\"model\": | is not valid JSON",
                "tokenizer.json | [] | has no model.vocab",
                "tokenizer.json | {\"model\": {\"vocab\": {}}} | has no tokens",
                "tokenizer.json | {\"model\": {\"vocab\": {\"a\": -1}}} | token \"a\" has id -1",
                "tokenizer.json | {\"model\": {\"type\": \"Riddle\", \"vocab\": {\"a\": 0}}} | is not a tokenizer that can be run",
                "vocabulary.json | {} | is not a list of non-empty strings",
                "vocabulary.json | [\"a\", \"a\"] | stands twice",
                "vocab.json | {} | has vocab.json without merges.txt",
                "merges.txt | a b | has merges.txt without vocab.json",
            })
    void aMalformedFileIsOneClearError(String file, String content, String message) throws IOException {
        Files.writeString(folder.resolve(file), content);
        assertThatThrownBy(() -> Tokenizers.open(folder, 400, false))
                .isInstanceOf(TokenizerFormatException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\": 0, \"b\": 1, \"ab\": 2} | #version: 0.2\\na b c | merges.txt: line 2 is \"a b c\"",
                "{\"a\": 0, \"b\": 1} | a b | \"ab\" is not in vocab.json; the two files are of different tokenizers",
                "[] | a b | is not a JSON object of token: id",
                "{\"a\": \"x\"} | a b | token \"a\" has id \"x\"",
            })
    void malformedVocabularyAndMergesAreOneClearError(String vocabulary, String merges, String message)
            throws IOException {
        Files.writeString(folder.resolve("vocab.json"), vocabulary);
        Files.writeString(folder.resolve("merges.txt"), merges.replace("\\n", "\n"));
        assertThatThrownBy(() -> Tokenizers.open(folder, 400, false))
                .isInstanceOf(TokenizerFormatException.class)
                .hasMessageContaining(message);
    }

    private void copy(String tokenizer, String file) throws IOException {
        Files.copy(PythonTokenizers.directory(tokenizer).resolve(file), folder.resolve(file));
    }
}
