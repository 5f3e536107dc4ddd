package io.reprise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeriesCatalogueTest {
    @TempDir
    Path folder;

    @Test
    void knowsEverySeriesThatShips() {
        assertThat(Tasks.CATALOGUE.names())
                .containsExactly(
                        "numerals",
                        "card_ranks",
                        "letters",
                        "military_ranks",
                        "months",
                        "number_words",
                        "ordinals",
                        "roman_numerals",
                        "spanish_number_words",
                        "weekdays");
        for (String name : Tasks.CATALOGUE.names()) {
            if (Tasks.CATALOGUE.find(name) instanceof Series.Listed listed) {
                assertThat(listed.source()).as(name).isNotBlank();
                assertThat(listed.licence()).as(name).isNotBlank();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "numerals, 42, 42, 4|2",
        "number_words, 0, zero, zero",
        "number_words, 21, twenty-one, twenty|one",
        "number_words, 119, one hundred nineteen, one|hundred|nineteen",
        "ordinals, 22, twenty-second, twenty|second",
        "ordinals, 40, fortieth, fortieth",
        "months, 12, December, December",
        "weekdays, 1, Monday, Monday",
        "letters, 26, Z, Z",
        "roman_numerals, 149, CXLIX, C|X|L|I|X",
        "spanish_number_words, 22, veintidós, veintidós",
        "spanish_number_words, 131, ciento treinta y uno, ciento|treinta|y|uno",
        "card_ranks, 11, Jack, Jack",
    })
    void putsMembersAtTheirPositions(String series, int position, String text, String parts) {
        Series found = Tasks.CATALOGUE.find(series);
        assertThat(found.text(position)).isEqualTo(text);
        assertThat(String.join("|", found.parts(position))).isEqualTo(parts);
    }

    @Test
    void readsOnesOwnSeriesAsTextJsonOrYaml() throws IOException {
        Files.writeString(folder.resolve("greek.txt"), "# letters\nalpha\n\n beta \ngamma\n");
        Files.writeString(folder.resolve("bits.json"), "{\"first\": 0, \"members\": [0, 1, \"two\"]}");
        Files.writeString(folder.resolve("pairs.yaml"), "parts: words\nmembers: [a-b, c d]\n");
        SeriesCatalogue catalogue = new SeriesCatalogue(Path.of("datasets"), folder);
        assertThat(catalogue.find("greek.txt").text(2)).isEqualTo("beta");
        assertThat(catalogue.find("greek.txt").positions()).isEqualTo(new IntRange(1, 3));
        assertThat(catalogue.find("bits.json").positions()).isEqualTo(new IntRange(0, 2));
        assertThat(catalogue.find("bits.json").text(1)).isEqualTo("1");
        assertThat(catalogue.find("pairs.yaml").parts(2)).containsExactly("c", "d");
        assertThat(catalogue.find(folder.resolve("greek.txt").toString()).text(1))
                .isEqualTo("alpha");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1, 2]              | is no series",
                "{\"members\": 3}    | is no series",
                "{\"members\": [1]}  | at least 2",
                "{\"members\": [a}   | can't be read as a series",
                "{\"members\": [1, 1]} | \"1\" twice",
                "{\"members\": [1, [2]]} | member 2 is [2]",
                "{\"members\": [1, 2], \"frist\": 0} | unknown key frist",
                "{\"members\": [1, 2], \"first\": \"x\"} | first = \"x\", expected a whole number",
                "{\"members\": [1, 2], \"first\": -1} | expected 0 or more",
                "{\"members\": [1, 2], \"parts\": \"x\"} | expected whole, words or characters",
                "{\"members\": [1, \"<pad>\"]} | special tokens",
                "{\"members\": [1, \" a\"]} | blanks around",
            })
    void refusesBrokenFiles(String content, String message) throws IOException {
        Files.writeString(folder.resolve("own.json"), content);
        assertThatThrownBy(() -> new SeriesCatalogue(Path.of("datasets"), folder).find("own.json"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aHyphenIsAsGoodAsAnUnderscore() {
        assertThat(Tasks.CATALOGUE.find("number-words").name()).isEqualTo("number_words");
        HoldOut pattern = new HoldOut(
                Optional.of("number-words"), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        assertThat(pattern.matches(new Origin("number_words", "add 1", OptionalInt.of(1), OptionalInt.empty(), 3)))
                .isTrue();
    }

    @Test
    void namesTheSeriesThereAreWhenOneIsUnknown() {
        assertThatThrownBy(() -> Tasks.CATALOGUE.find("month"))
                .hasMessageStartingWith("series = month is unknown; known: numerals, card_ranks, letters");
        assertThatThrownBy(() -> Tasks.CATALOGUE.find("data/none.txt")).hasMessageContaining("there is no file");
    }
}
