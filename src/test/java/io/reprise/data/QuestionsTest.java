package io.reprise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.tensor.Rng;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionsTest {
    private static final SeriesCatalogue SERIES = new SeriesCatalogue(Path.of("datasets"), Path.of(""));

    private static List<Question> ask(String task, int given, int limit) {
        return Questions.of(TaskCatalogue.find(task), given, SERIES, limit, Rng.of(1));
    }

    private static String words(Question question) {
        return Stream.of(question.given(), question.answer())
                .map(members -> members.stream().map(Question.Member::text).collect(Collectors.joining(" ")))
                .collect(Collectors.joining(" → "));
    }

    @ParameterizedTest
    @CsvSource({
        "plus-2, 3, 1 3 5 → 7",
        "minus-1, 2, 10 9 → 8",
        "times-2, 2, 3 6 → 12",
        "fibonacci, 3, 2 3 5 → 8",
        "sum, 2, 20 22 → 42",
        "number-words, 2, twenty twenty-one → twenty-two",
        "number-words-fibonacci, 2, three four → seven",
        "months, 2, November December → January",
        "months-back, 3, February January December → November",
        "weekdays, 1, Sunday → Monday",
        "letters-plus-2, 2, V X → Z",
        "roman-numerals, 3, VII VIII IX → X",
    })
    void asksEverySequenceOfATask(String task, int given, String expected) {
        assertThat(ask(task, given, 5000)).extracting(QuestionsTest::words).contains(expected);
    }

    @Test
    void listsAreDrawnWithoutRepetition() {
        List<Question> repeats = ask("repeat", 3, 50);
        assertThat(repeats).hasSize(50).doesNotHaveDuplicates().allSatisfy(question -> {
            List<Question.Member> given = question.given();
            assertThat(given).hasSize(5);
            assertThat(given.get(3)).isEqualTo(given.get(0));
            assertThat(given.get(4)).isEqualTo(given.get(1));
            assertThat(question.answer()).containsExactly(given.get(2));
        });
        assertThat(ask("sort", 4, 50)).hasSize(50).allSatisfy(question -> {
            assertThat(question.given()).hasSize(4);
            assertThat(question.answer())
                    .hasSameElementsAs(question.given())
                    .isSortedAccordingTo((a, b) -> Integer.compare(number(a), number(b)));
        });
    }

    private static int number(Question.Member member) {
        return Integer.parseInt(member.text());
    }

    @Test
    void aLimitDrawsTheSameQuestionsAgain() {
        List<Question> some = ask("fibonacci", 3, 20);
        assertThat(some).hasSize(20).isEqualTo(ask("fibonacci", 3, 20)).isSubsetOf(ask("fibonacci", 3, 1000));
        assertThat(Questions.of(TaskCatalogue.find("fibonacci"), 3, SERIES, 20, Rng.of(2)))
                .isNotEqualTo(some);
    }

    @Test
    void saysWhatAddingOneAndKeepingTheStepWouldReach() {
        assertThat(ask("plus-1", 3, 500)).allMatch(q -> q.successor() && q.sameStep());
        assertThat(ask("plus-2", 3, 500)).allMatch(q -> !q.successor() && q.sameStep());
        assertThat(ask("times-2", 3, 500)).noneMatch(q -> q.successor() || q.sameStep());
        assertThat(ask("months", 3, 500)).hasSize(12).allMatch(q -> q.successor() && q.sameStep());
        assertThat(ask("months-back", 3, 500)).hasSize(12).allMatch(q -> !q.successor() && q.sameStep());
        // a + b is b + 1 for a = 1, and b + (b − a) for b = 2a
        assertThat(ask("fibonacci", 2, 500).stream().filter(Question::successor))
                .hasSize(10);
        assertThat(ask("fibonacci", 2, 500).stream().filter(Question::sameStep)).hasSize(5);
        assertThat(ask("plus-1", 1, 500)).allMatch(q -> q.successor() && !q.sameStep());
    }

    @Test
    void everyTaskOfTheCatalogueCanBeAsked() {
        assertThat(TaskCatalogue.all()).extracting(BehaviourTask::name).doesNotHaveDuplicates();
        for (BehaviourTask task : TaskCatalogue.all()) {
            for (int given : new int[] {2, 3, 5}) {
                assertThat(Questions.of(task, task.members(given), SERIES, 100, Rng.of(1)))
                        .as(task.name() + " " + given)
                        .hasSizeGreaterThan(4);
            }
        }
    }

    @Test
    void anUnknownTaskNamesTheLikeOnesFirst() {
        assertThatThrownBy(() -> TaskCatalogue.find("months-"))
                .hasMessageContaining("task \"months-\" is unknown; known: months, months-back, months-plus-2, plus-1")
                .hasMessageContaining("YAML");
    }
}
