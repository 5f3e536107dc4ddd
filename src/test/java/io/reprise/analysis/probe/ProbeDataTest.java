package io.reprise.analysis.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ProbeDataTest {
    @Property(tries = 50)
    void noSequenceAndNoGroupIsInTwoParts(@ForAll long seed, @ForAll @IntRange(min = 40, max = 300) int count) {
        List<LabelledExample> examples = new ArrayList<>();
        for (LabelledExample example : Toys.sequences(count, seed)) {
            String group = "starts with " + example.tokens()[0] + " " + example.tokens()[1];
            examples.add(new LabelledExample(example.tokens(), example.label(), group, example.where()));
        }
        ProbeData data;
        try {
            data = ProbeData.split(examples, ProbeData.Shares.defaults(), seed);
        } catch (IllegalArgumentException e) {
            assertThat(e)
                    .hasMessageContaining("has none with the label"); // few examples, and a part got none of a label
            return;
        }
        Set<String> groups = new HashSet<>();
        Set<String> contents = new HashSet<>();
        int total = 0;
        for (Part part : Part.values()) {
            Set<String> own = new HashSet<>();
            Set<String> ownContents = new HashSet<>();
            data.examples(part).forEach(example -> {
                own.add(example.group());
                ownContents.add(Arrays.toString(example.tokens()));
            });
            assertThat(groups).doesNotContainAnyElementsOf(own);
            assertThat(contents).doesNotContainAnyElementsOf(ownContents);
            groups.addAll(own);
            contents.addAll(ownContents);
            total += data.examples(part).size();
        }
        assertThat(total).isEqualTo(count);
    }

    @Test
    void membershipDependsNeitherOnTheOrderNorOnTheOthers() {
        List<LabelledExample> examples = Toys.sequences(300, 1);
        List<LabelledExample> reversed = new ArrayList<>(examples.subList(0, 200));
        Collections.reverse(reversed);
        Map<String, Part> all = parts(ProbeData.split(examples, ProbeData.Shares.defaults(), 7));
        Map<String, Part> fewer = parts(ProbeData.split(reversed, ProbeData.Shares.defaults(), 7));
        assertThat(all).containsAllEntriesOf(fewer);
        assertThat(parts(ProbeData.split(examples, ProbeData.Shares.defaults(), 8)))
                .isNotEqualTo(all);
    }

    @Test
    void sharesAreKeptInExpectation() {
        ProbeData data = ProbeData.split(Toys.sequences(2000, 1), new ProbeData.Shares(0.2, 0.3), 7);
        // 2,000 groups at most: a share's standard deviation is about 0.012, five of them
        assertThat(data.examples(Part.TEST).size() / 2000.0).isBetween(0.24, 0.36);
        assertThat(data.examples(Part.VALIDATION).size() / 2000.0).isBetween(0.14, 0.26);
    }

    @Test
    void partsThatShareASequenceOrAGroupAreRefused() {
        List<LabelledExample> some = Toys.sequences(40, 1);
        Map<Part, List<LabelledExample>> parts = Map.of(
                Part.TRAIN,
                some.subList(0, 20),
                Part.VALIDATION,
                some.subList(20, 30),
                Part.TEST,
                some.subList(19, 40));
        assertThatThrownBy(() -> ProbeData.of(parts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 20 is in the test part")
                .hasMessageContaining("in the train part, too");
        LabelledExample twin = new LabelledExample(some.get(0).tokens(), "low", "another group", "line 99");
        List<LabelledExample> test = new ArrayList<>(some.subList(30, 40));
        test.add(twin);
        assertThatThrownBy(() -> ProbeData.of(Map.of(
                        Part.TRAIN, some.subList(0, 20), Part.VALIDATION, some.subList(20, 30), Part.TEST, test)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 99 is in the test part, and its token sequence is in the train part, too");
    }

    @Test
    void tooFewLabelsOrExamplesAreRefusedWithTheirNumbers() {
        List<LabelledExample> one = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            one.add(new LabelledExample(new int[] {i}, "yes", "", "line " + i));
        }
        assertThatThrownBy(() -> ProbeData.split(List.of(), ProbeData.Shares.defaults(), 1))
                .hasMessageContaining("there are no examples");
        assertThatThrownBy(() -> ProbeData.split(one, ProbeData.Shares.defaults(), 1))
                .hasMessage("all 10 examples have the label \"yes\"; a probe needs at least two labels");
        one.add(new LabelledExample(new int[] {10}, "no", "", "line 10"));
        assertThatThrownBy(() -> ProbeData.split(one, ProbeData.Shares.defaults(), 1))
                .hasMessageContaining("label \"no\" has 1 example, expected at least 4");
        for (int i = 0; i < 3; i++) {
            one.add(new LabelledExample(new int[] {10, i}, "no", "together", "line " + i));
        }
        assertThatThrownBy(() -> ProbeData.split(one, ProbeData.Shares.defaults(), 1))
                .hasMessageContaining("has none with the label \"no\"");
    }

    private static Map<String, Part> parts(ProbeData data) {
        Map<String, Part> parts = new HashMap<>();
        for (Part part : Part.values()) {
            data.examples(part).forEach(example -> parts.put(Arrays.toString(example.tokens()), part));
        }
        return parts;
    }
}
