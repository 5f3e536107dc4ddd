package io.reprise.data.pairs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContrastTasksTest {
    private static final List<String> NAMES = List.of("Mary", "John", "Peter", "Anna", "Paul", "Laura");

    private final Pieces pieces = new Pieces();
    private final ContrastTasks tasks = new ContrastTasks(pieces);

    @Test
    void theIndirectObjectIsNamedOnceAndTheCorruptPromptNamesThreeOthers() {
        PairSet set = tasks.indirectObject(20, NAMES, 1);
        List<String> roles = set.groups().get(0).roles();
        int first = roles.indexOf("name1");
        int second = roles.indexOf("name2");
        int again = roles.indexOf("s2");
        int objectFirst = 0;
        for (PromptPair pair : set.pairs()) {
            assertThat(pair.clean().get(again)).isEqualTo(pair.wrong());
            assertThat(pair.clean().stream().filter(t -> t == pair.answer())).hasSize(1);
            assertThat(pair.clean().stream().filter(t -> t == pair.wrong())).hasSize(2);
            assertThat(pair.corrupt()).doesNotContain(pair.answer(), pair.wrong());
            assertThat(new HashSet<>(List.of(
                            pair.corrupt().get(first),
                            pair.corrupt().get(second),
                            pair.corrupt().get(again))))
                    .hasSize(3);
            objectFirst += pair.clean().get(first) == pair.answer() ? 1 : 0;
        }
        assertThat(objectFirst).isEqualTo(10);
        assertThat(set.pairs().stream().map(PromptPair::clean)).doesNotHaveDuplicates();
    }

    @Test
    void laterYearsAreRightAndEarlierOnesWrong() {
        PairSet set = tasks.greaterThan(30, 17, 1);
        int place = set.groups().get(0).roles().indexOf("year");
        for (PromptPair pair : set.pairs()) {
            int year = Integer.parseInt(pieces.token(pair.clean().get(place)));
            assertThat(Integer.parseInt(pieces.token(pair.answer()))).isGreaterThan(year);
            assertThat(Integer.parseInt(pieces.token(pair.wrong())))
                    .isLessThan(year)
                    .isGreaterThan(1);
            assertThat(pieces.token(pair.corrupt().get(place))).isEqualTo("01");
        }
    }

    @Test
    void tooManyPromptsAndNamesOfSeveralTokensAreRefused() {
        assertThatThrownBy(() -> tasks.indirectObject(1000, NAMES, 1)).hasMessageContaining("there are only about");
        assertThatThrownBy(() -> tasks.greaterThan(100, 17, 1)).hasMessageContaining("there are 91");
        assertThatThrownBy(() -> tasks.indirectObject(1, List.of("Jo-Ann", "A", "B", "C", "D"), 1))
                .hasMessageContaining("\" Jo-Ann\" is 2 tokens");
    }
}
