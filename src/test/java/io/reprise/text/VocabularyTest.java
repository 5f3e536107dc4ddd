package io.reprise.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.NotBlank;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;

class VocabularyTest {
    private static final Vocabulary MONTHS =
            Vocabulary.of(List.of("January", "February", "March", "one hundred", "one"), List.of("<start>", "<pad>"));

    @Test
    void membersComeFirstAndSpecialTokensLast() {
        assertThat(MONTHS.size()).isEqualTo(7);
        assertThat(MONTHS.id("January")).isZero();
        assertThat(MONTHS.id("<pad>")).isEqualTo(6);
        assertThat(Vocabulary.of(MONTHS.tokens())).isEqualTo(MONTHS);
    }

    @Test
    void repeatedMembersAreOneToken() {
        assertThat(Vocabulary.of(List.of("I", "V", "I"), List.of()).tokens()).containsExactly("I", "V");
    }

    @Test
    void readsTextByTheLongestTokenThatFits() {
        assertThat(MONTHS.encode("March one hundred  one <start>")).containsExactly(2, 3, 4, 5);
        assertThat(MONTHS.encode("")).isEmpty();
    }

    @Test
    void oneErrorNamesAllUnknownTokensAndTheNearestOnes() {
        assertThatThrownBy(() -> MONTHS.encode("Januray Marsh January xyzzy"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown tokens \"Januray\" (nearest: January)")
                .hasMessageContaining("\"Marsh\" (nearest: March)")
                .hasMessageContaining("\"xyzzy\"; this vocabulary has 7 tokens");
    }

    @Test
    void refusesTokensThatStandTwiceOrAreBlank() {
        assertThatThrownBy(() -> Vocabulary.of(List.of("a", "b", "a")))
                .hasMessageContaining("token \"a\" stands twice, as 0 and as 2");
        assertThatThrownBy(() -> Vocabulary.of(List.of("a", " "))).hasMessageContaining("token 1 is blank");
    }

    @Test
    void refusesIdsOutOfRange() {
        assertThatThrownBy(() -> MONTHS.token(7)).hasMessageContaining("ids 0..6");
        assertThatThrownBy(() -> MONTHS.decode(0, -1)).hasMessageContaining("token id -1");
    }

    @Property(tries = 50)
    void decodingEncodedTokensGivesThemBack(
            @ForAll @UniqueElements List<@AlphaChars @NotBlank @StringLength(min = 1, max = 5) String> tokens) {
        Vocabulary vocabulary = Vocabulary.of(tokens);
        assertThat(vocabulary.decode(vocabulary.encode(tokens))).isEqualTo(tokens);
    }
}
