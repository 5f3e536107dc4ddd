package io.reprise.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class TokenSpansTest {
    private static final Tokenizer GPT2 = new JtokkitTokenizer();

    @Test
    void findsTheTokenOfPlainSubjects() {
        // "The| capital| of| France| is": the subject's last token is the fourth
        String text = "The capital of France is";
        assertThat(at(GPT2, text, "France")).isEqualTo(3);
        assertThat(at(GPT2, text, "The")).isZero();
        assertThat(at(GPT2, text, "is")).isEqualTo(4);
    }

    @Test
    void aSubjectInsideAWordIsHeldByTheTokenOfItsLastCharacter() {
        String text = "unbelievable things";
        int[] tokens = GPT2.encode(text);
        int held = TokenSpans.holdingLast(GPT2, tokens, text, text.indexOf("eva") + 3);
        assertThat(GPT2.decode(Arrays.copyOf(tokens, held)).length()).isLessThan(text.indexOf("eva") + 3);
        assertThat(GPT2.decode(Arrays.copyOf(tokens, held + 1)).length())
                .isGreaterThanOrEqualTo(text.indexOf("eva") + 3);
    }

    @Test
    void aCharacterOfSeveralTokensIsHeldByTheLastOfThem() {
        String text = "日本の首都は𝔘 here"; // GPT-2 spreads each of the rarer characters over two to four tokens
        int[] tokens = GPT2.encode(text);
        assertThat(tokens.length).isGreaterThan(8);
        int end = text.indexOf(" here");
        int held = TokenSpans.holdingLast(GPT2, tokens, text, end);
        assertThat(GPT2.decode(Arrays.copyOf(tokens, held + 1))).isEqualTo(text.substring(0, end));
        assertThat(GPT2.decode(Arrays.copyOf(tokens, held))).isNotEqualTo(text.substring(0, end));
    }

    @Property
    void theTokensBeforeDoNotCoverTheCharacterAndThoseWithItDo(@ForAll @StringLength(min = 1, max = 30) String any) {
        String text = any.codePoints()
                .filter(c -> c < 0xD800 || c > 0xDFFF)
                .filter(c -> c != 0xFFFD)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .append('x')
                .toString();
        int[] tokens = GPT2.encode(text);
        for (int end = 1; end <= text.length(); end++) {
            if (end < text.length() && Character.isLowSurrogate(text.charAt(end))) {
                continue; // half a character is nobody's subject
            }
            int held = TokenSpans.holdingLast(GPT2, tokens, text, end);
            String wanted = text.substring(0, end);
            assertThat(GPT2.decode(Arrays.copyOf(tokens, held + 1))).startsWith(wanted);
            assertThat(GPT2.decode(Arrays.copyOf(tokens, held)).startsWith(wanted))
                    .isFalse();
        }
    }

    @Test
    void wordsOfAVocabularyAreCountedWithoutBlanks() {
        var words = new VocabularyTokenizer(Vocabulary.of(List.of("a", "b", "New York", "is")));
        String text = "a is b\nNew  York is";
        assertThat(at(words, text, "York")).isEqualTo(3);
        assertThat(at(words, text, "New")).as("its one token").isEqualTo(3);
        assertThat(TokenSpans.holdingLast(words, words.encode(text), text, text.length()))
                .isEqualTo(4);
    }

    @Test
    void refusesTokensOfAnotherTextAndPlacesOutsideIt() {
        assertThatThrownBy(() -> TokenSpans.holdingLast(GPT2, GPT2.encode("other"), "text", 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"text\" back as \"other\"");
        assertThatThrownBy(() -> TokenSpans.holdingLast(GPT2, GPT2.encode("text"), "text", 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("character 4 is not in a text of 4");
    }

    private static int at(Tokenizer tokenizer, String text, String subject) {
        return TokenSpans.holdingLast(
                tokenizer, tokenizer.encode(text), text, text.indexOf(subject) + subject.length());
    }
}
