package io.reprise.data.pairs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.data.Series;
import io.reprise.data.SeriesCatalogue;
import io.reprise.data.pairs.SequenceTemplates.Members;
import io.reprise.tensor.Rng;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SequenceTemplatesTest {
    private static final List<String> WORDS = List.of("Book", "Tree", "Fish", "Boat", "Door", "Coat", "Lamp");
    private static final Pattern MEMBER = Pattern.compile("in ([A-Za-z0-9]+)\\.");

    private final Pieces pieces = new Pieces();
    private final SequenceTemplates done = new SequenceTemplates(pieces, "done", WORDS);

    private String text(List<Integer> tokens) {
        return pieces.decode(tokens.stream().mapToInt(Integer::intValue).toArray());
    }

    private static List<String> members(String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = MEMBER.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    @Test
    void answersFollowTheLastMemberAndTheWrongAnswerIsThatMember() {
        Map<Members, PairSet> sets = done.pairs(3, 7, Filter.NONE);
        sets.forEach((written, set) -> {
            assertThat(set.size()).isEqualTo(24);
            assertThat(set.roles())
                    .containsExactly("w0", "verb", "in", "x1", "sep", "w1", "x2", "w2", "x3", "w3", "x4", "w4", "end");
            for (int i = 0; i < set.size(); i++) {
                PromptPair pair = set.pairs().get(i);
                int start = i % 8;
                assertThat(members(text(pair.clean())))
                        .isEqualTo(written.texts().subList(start, start + 4));
                assertThat(pieces.token(pair.answer()))
                        .isEqualTo(" " + written.texts().get(start + 4));
                assertThat(pieces.token(pair.wrong()))
                        .isEqualTo(" " + written.texts().get(start + 3));
            }
        });
    }

    @Test
    void textsAlwaysEqualTheirFields() {
        // The published numerals have texts such as "in 11" for the field 3: members replaced within a text that held
        // others.
        Rng rng = Rng.of(3);
        for (int round = 0; round < 200; round++) {
            for (SequenceTemplates.Twin twin : done.round(rng)) {
                for (Members written : Members.values()) {
                    for (SequenceTemplates.Fields fields : List.of(twin.clean(), twin.corrupt())) {
                        assertThat(members(fields.text(written)))
                                .isEqualTo(fields.members().stream()
                                        .map(written.texts()::get)
                                        .toList());
                    }
                }
                assertThat(twin.corrupt().words())
                        .isEqualTo(twin.clean().words())
                        .doesNotHaveDuplicates();
                assertThat(twin.corrupt().members().get(3))
                        .isNotEqualTo(twin.corrupt().members().get(2) + 1);
            }
        }
    }

    @Test
    void aFilterKeepsWholeRoundsOfNumberWordsAndMonthsTogether() {
        int[] asked = {0};
        Filter second = prompts -> {
            assertThat(prompts).hasSize(16);
            boolean good = asked[0]++ % 2 == 1;
            return IntStream.range(0, 16)
                    .mapToObj(i -> new Filter.Seen(true, 0.5, good || i != 9 ? 0.1 : 0.3))
                    .toList();
        };
        assertThat(done.pairs(2, 7, second).get(Members.NUMERALS).size()).isEqualTo(16);
        assertThat(asked[0]).isEqualTo(4);
    }

    @Test
    void aFilterThatKeepsNothingIsAnErrorWithTheNumber() {
        Filter never = prompts ->
                prompts.stream().map(p -> new Filter.Seen(false, 0.5, 0)).toList();
        assertThatThrownBy(() -> done.pairs(2, 7, never)).hasMessageContaining("there are 0");
    }

    @Test
    void theShippedListsAreReadAsSeriesAndCutToSingleTokens() {
        SeriesCatalogue catalogue = new SeriesCatalogue(Path.of("datasets"), Path.of("datasets"));
        for (String list : List.of("prompts/words.json", "prompts/names.json")) {
            Series.Listed listed = (Series.Listed) catalogue.find(list);
            assertThat(SequenceTemplates.single(pieces, listed.members())).isEqualTo(listed.members());
            assertThat(listed.licence()).isEqualTo("CC0-1.0");
        }
        assertThat(SequenceTemplates.single(pieces, List.of("T-Bar", "Book"))).containsExactly("Book");
    }

    @Test
    void aWordOfSeveralTokensIsRefused() {
        assertThatThrownBy(
                        () -> new SequenceTemplates(pieces, "done", List.of("Book", "Tree", "Fish", "Boat", "T-Bar")))
                .hasMessageContaining("\"T-Bar\" is 2 tokens");
        assertThatThrownBy(() -> new SequenceTemplates(pieces, "done", List.of("Book")))
                .hasMessageContaining("expected at least 5");
    }
}
