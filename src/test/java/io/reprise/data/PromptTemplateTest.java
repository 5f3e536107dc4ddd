package io.reprise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptTemplateTest {
    private static final TemplateCatalogue SHIPPED = new TemplateCatalogue(Path.of("datasets"));

    @TempDir
    Path folder;

    static Question question(Question.Form form, List<String> given, String... answer) {
        return new Question(form, members(given), members(Arrays.asList(answer)), false, false);
    }

    private static List<Question.Member> members(List<String> texts) {
        return texts.stream()
                .map(text -> new Question.Member(
                        text, text.chars().mapToObj(Character::toString).toList()))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spaces | 7 8 9 | ' 10'",
                "commas | 7, 8, 9, | ' 10'",
                "lines | 7\\n8\\n9\\n | 10",
                "list | 1. 7\\n2. 8\\n3. 9\\n4. | ' 10'",
                "{x1} -> {x2} | 7 -> 8 -> 9 -> | ' 10'",
                "Count: {x1}; {x2}; {x3} | Count: 7; 8; 9; | ' 10'",
                "{x1}\\n{x2} | 7\\n8\\n9\\n | 10",
            })
    void spacesBeforeTheAnswerAreTheAnswers(String template, String prompt, String answer) throws IOException {
        var rendered = SHIPPED.find(template).render(question(Question.Form.CONTINUE, List.of("7", "8", "9"), "10"));
        assertThat(rendered.prompt()).isEqualTo(prompt.replace("\\n", "\n"));
        assertThat(rendered.answer()).isEqualTo(answer);
        assertThat(rendered.copy()).isEqualTo(answer.replace("10", "9"));
    }

    @Test
    void sumsAndSortedListsHaveFormsOfTheirOwn() throws IOException {
        var sum = SHIPPED.usual(Question.Form.SUM).render(question(Question.Form.SUM, List.of("3", "4"), "7"));
        assertThat(sum.prompt() + "|" + sum.answer()).isEqualTo("3 + 4 =| 7");
        var sorted = SHIPPED.usual(Question.Form.SORT)
                .render(question(Question.Form.SORT, List.of("3", "1", "2"), "1", "2", "3"));
        assertThat(sorted.prompt() + "|" + sorted.answer()).isEqualTo("Unsorted: 3, 1, 2\nSorted:| 1, 2, 3");
        assertThatThrownBy(() -> SHIPPED.find("sum").render(question(Question.Form.CONTINUE, List.of("3"), "4")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{x1}", "{x2} {x1}", "{x1} {x2}, {x3}", "{x1} {x2}.", "{x1}{x2}", "{x} {y}"})
    void aTemplateThatIsNotOneIsRefused(String given) {
        assertThatThrownBy(() -> SHIPPED.find(given)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyShippedTemplateNamesItsSourceAndLicence() throws IOException {
        assertThat(SHIPPED.names()).contains("spaces", "commas", "lines", "list", "sum", "sorted");
        for (String name : SHIPPED.names()) {
            var tree = new ObjectMapper()
                    .readTree(Path.of("datasets/templates", name + ".json").toFile());
            assertThat(tree.path("source").asText()).isNotBlank();
            assertThat(tree.path("licence").asText()).isEqualTo("CC0-1.0");
            assertThat(SHIPPED.find(name).example()).contains("3").endsWith("…");
        }
    }

    @Test
    void anUnknownTemplateListsTheKnownOnes() {
        assertThatThrownBy(() -> SHIPPED.find("spces"))
                .hasMessageContaining("template \"spces\" is unknown; known: commas, lines, list, sorted, spaces, sum");
        assertThatThrownBy(() -> SHIPPED.find("none/mine.json")).hasMessageContaining("there is no such file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "item: '{x}' | separator is empty",
                "{item: y, separator: ' '} | expected {x} in it, once",
                "{item: '{x}', separator: ' ', ending: '.'} | ending = \".\" has no meaning",
                "{separator: ' ', form: guess} | form = guess, expected continue, sum or sort",
                "{separator: ' ', seperator: ' '} | unknown key seperator",
                "[1] | is no template",
                "{ | can't be read as a template",
            })
    void aFileWithAMistakeSaysWhich(String yaml, String message) throws IOException {
        Path file = folder.resolve("mine.yaml");
        Files.writeString(file, yaml);
        assertThatThrownBy(() -> SHIPPED.find(file.toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mine.yaml")
                .hasMessageContaining(message);
    }
}
