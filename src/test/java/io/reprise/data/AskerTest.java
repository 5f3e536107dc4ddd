package io.reprise.data;

import static io.reprise.data.PromptTemplateTest.question;
import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.data.Question.Form;
import io.reprise.text.JtokkitTokenizer;
import io.reprise.text.Tokenizer;
import io.reprise.text.Vocabulary;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AskerTest {
    private static final Tokenizer GPT2 = new JtokkitTokenizer();
    private static final TemplateCatalogue TEMPLATES = new TemplateCatalogue(Path.of("datasets"));

    @Test
    void theAnswersTokensFollowThePrompts() throws Exception {
        Asked asked = Asker.text(GPT2, TEMPLATES.find("spaces"))
                .ask(question(Form.CONTINUE, List.of("ninety-eight", "ninety-nine"), "one hundred"))
                .orElseThrow();
        assertThat(GPT2.decode(asked.prompt())).isEqualTo("ninety-eight ninety-nine");
        assertThat(asked.answer()).containsExactly(GPT2.encode(" one hundred"));
        assertThat(asked.answerLength()).isEqualTo(2);
        assertThat(asked.copyHasFirst()).isFalse();
    }

    @Test
    void repeatingTheLastMemberMayHaveTheFirstTokenOfTheAnswer() throws Exception {
        Asked asked = Asker.text(GPT2, TEMPLATES.find("spaces"))
                .ask(question(Form.CONTINUE, List.of("one hundred one"), "one hundred two"))
                .orElseThrow();
        assertThat(asked.copyHasFirst()).isTrue();
        assertThat(asked.copyIsAnswer()).isFalse();
    }

    /** Digits run together here, so the border between prompt and answer isn't one between tokens. */
    @Test
    void aTokenAcrossTheBorderBelongsToTheAnswer() {
        Tokenizer joining = new Tokenizer() {
            @Override
            public int[] encode(String text) {
                return text.endsWith("ab") ? new int[] {0, 7} : new int[] {0, 1};
            }

            @Override
            public String decode(int... ids) {
                return "";
            }

            @Override
            public String token(int id) {
                return "";
            }

            @Override
            public int size() {
                return 8;
            }

            @Override
            public String description() {
                return "joins a and b";
            }
        };
        PromptTemplate template = new PromptTemplate("t", Form.CONTINUE, "", "{x}", "a", "");
        Asked asked = Asker.text(joining, template)
                .ask(question(Form.CONTINUE, List.of("x"), "b"))
                .orElseThrow();
        assertThat(asked.prompt()).containsExactly(0);
        assertThat(asked.answer()).containsExactly(7);
    }

    @Test
    void aToyIsAskedInItsOwnTokens() {
        Asker whole = Asker.toy(Vocabulary.of(List.of("7", "8", "9", "10")));
        Asked asked =
                whole.ask(question(Form.CONTINUE, List.of("7", "8", "9"), "10")).orElseThrow();
        assertThat(asked.prompt()).containsExactly(0, 1, 2);
        assertThat(asked.answer()).containsExactly(3);
        assertThat(whole.ask(question(Form.CONTINUE, List.of("8", "9", "10"), "11")))
                .isEmpty();

        Asker digits = Asker.toy(Vocabulary.of(List.of("0", "1", "9", ",", "<start>")));
        Asked answer = digits.ask(question(Form.CONTINUE, List.of("9"), "10")).orElseThrow();
        assertThat(answer.prompt()).as("<start> 9 ,").containsExactly(4, 2, 3);
        assertThat(answer.answer()).as("1 0 ,").containsExactly(1, 0, 3);
    }

    @Test
    void aToyIsAskedSumsAndListsWithItsSigns() {
        Asker sums = Asker.toy(Vocabulary.of(List.of("3", "4", "7", "+", "=")));
        Asked sum = sums.ask(question(Form.SUM, List.of("3", "4"), "7")).orElseThrow();
        assertThat(sum.tokens()).as("3 + 4 = 7").containsExactly(0, 3, 1, 4, 2);
        Asker sorts = Asker.toy(Vocabulary.of(List.of("1", "2", "<start>", "<mid>")));
        Asked sorted =
                sorts.ask(question(Form.SORT, List.of("2", "1"), "1", "2")).orElseThrow();
        assertThat(sorted.tokens()).containsExactly(2, 1, 0, 3, 0, 1);
        assertThat(sorted.promptLength()).isEqualTo(4);
        assertThat(sums.ask(question(Form.SORT, List.of("4", "3"), "3", "4"))).isEmpty();
    }
}
