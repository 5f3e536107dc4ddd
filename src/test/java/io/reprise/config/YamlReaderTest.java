package io.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "1e-3, 0.001",
        "1.5E+2, 1.5E+2",
        ".5, 0.5",
        "-7, -7",
        "+7, 7",
        "007, 7",
        "1:30, \"1:30\"",
        "1..60, \"1..60\"",
        "no, \"no\"",
        "on, \"on\"",
        "true, true",
        "~, null",
        "null, null",
        "1_000, \"1_000\"",
        "0x1F, \"0x1F\"",
        "2020-01-01, \"2020-01-01\""
    })
    void readsPlainScalarsByTheCoreSchema(String yaml, String json) {
        assertThat(YamlReader.value(yaml, "test").toString()).isEqualTo(json);
    }

    @Test
    void takesQuotedScalarsForText() {
        assertThat(YamlReader.document("a: '7'\nb: \"true\"\nc: |\n  5\n", "test")
                        .root()
                        .toString())
                .isEqualTo("{\"a\":\"7\",\"b\":\"true\",\"c\":\"5\\n\"}");
    }

    @Test
    void followsAliasesAndKnowsLines() {
        var document = YamlReader.document("a: &x\n  b: 1\nc: [*x, 2]\n", "test");
        assertThat(document.root().toString()).isEqualTo("{\"a\":{\"b\":1},\"c\":[{\"b\":1},2]}");
        assertThat(document.lines()).containsEntry("a.b", 2).containsEntry("c", 3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: 1;a: 2 | f has 1 problem:;  a: given twice, in lines 1 and 2; delete one",
                "a: {b: 1, c: 2,;  b: 3} | f has 1 problem:;  a.b: given twice, in lines 1 and 2; delete one",
                "a: [1, 2 | f, line 1, column 9 is not YAML: while parsing a flow sequence, expected ',' or ']', but got <stream end>",
                "a: b: c | f, line 1, column 5 is not YAML: mapping values are not allowed here",
                "- 1 | f holds a list at the top; expected keys and values, such as name: quickstart",
                "hello | f holds text \"hello\" at the top; expected keys and values, such as name: quickstart",
                "# nothing | f is empty; expected keys and values, such as name: quickstart",
                "{} | f is empty; expected keys and values, such as name: quickstart",
                "a: !!int '3' | f has 1 problem:;  line 1: the tag tag:yaml.org,2002:int is not supported; delete it",
                "a: &x [*x] | f contains itself at line 1: an alias inside its own anchor",
                "<<: 1 | f has 1 problem:;  line 1: merge keys (<<) are not supported; use extends:",
                "? [1] ;: 2 | f has 1 problem:;  line 1: a key must be a word, not a list or a mapping",
                "a: 1;---;b: 2 | f, line 2, column 1 is not YAML: expected a single document in the stream, but found another document",
            })
    void refusesWhatIsNoMapping(String yaml, String message) {
        assertThatThrownBy(() -> YamlReader.document(yaml.replace(";", "\n"), "f"))
                .isInstanceOf(ConfigException.class)
                .extracting(e -> e.getMessage().replace("\n", ";"))
                .isEqualTo(message);
    }

    @Test
    void namesAFileThatIsNoTextOrNotThere() throws IOException {
        var binary = Files.write(folder.resolve("model.bin"), new byte[] {(byte) 0x80, 2, 0, (byte) 0xff});
        assertThatThrownBy(() -> YamlReader.read(binary)).hasMessage(binary + " is not YAML: it is not UTF-8 text");
        var control = Files.write(folder.resolve("control.bin"), new byte[] {1, 2, 3});
        assertThatThrownBy(() -> YamlReader.read(control)).hasMessageStartingWith(control + " is not YAML: ");
        var missing = folder.resolve("none.yaml");
        assertThatThrownBy(() -> YamlReader.read(missing)).hasMessage(missing + " does not exist");
        assertThatThrownBy(() -> YamlReader.read(folder)).hasMessage(folder + " is a directory; expected a YAML file");
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 200})
    void survivesAliasesOfAliases(int width) {
        var bomb = new StringBuilder("a0: &a0 [" + "x, ".repeat(width) + "x]\n");
        for (int i = 1; i < 9; i++) {
            bomb.append("a%d: &a%d [%s*a%d]%n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(width), i - 1));
        }
        assertThatThrownBy(() -> YamlReader.document(bomb.toString(), "f")).isInstanceOf(ConfigException.class);
    }
}
