package io.reprise.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the tests of this room share. */
final class Tasks {
    static final SeriesCatalogue CATALOGUE =
            new SeriesCatalogue(Path.of("datasets"), Path.of("src/test/resources/series"));

    private Tasks() {}

    static Dataset build(TaskSpec task, SplitSpec split) {
        return new DatasetBuilder(CATALOGUE).build(task, split);
    }

    static ComponentSpec add(int k, String start, String length) {
        return of("numerals", new Rule.Add(k), start, length);
    }

    static ComponentSpec of(String series, Rule rule, String start, String length) {
        return ComponentSpec.of(series, rule, IntRange.parse(start), IntRange.parse(length));
    }

    /** Sorting or repeating. */
    static ComponentSpec drawn(Rule rule, String values, String length) {
        return new ComponentSpec(
                Optional.empty(),
                rule,
                Optional.of(IntRange.parse(values)),
                Optional.empty(),
                Optional.of(IntRange.parse(length)),
                Optional.empty(),
                Optional.empty());
    }

    static ComponentSpec sum(String start) {
        return new ComponentSpec(
                Optional.empty(),
                Rule.Sum.defaults(),
                Optional.empty(),
                Optional.of(IntRange.parse(start)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    static HoldOut holdOut(Rule rule, String start) {
        return new HoldOut(
                Optional.empty(),
                Optional.of(rule),
                Optional.of(IntRange.parse(start)),
                Optional.empty(),
                Optional.empty());
    }

    static SplitSpec everything(SplitBy by) {
        return SplitSpec.of(by, "1.0", "0.0", "0.0");
    }

    static String text(Dataset data, Example example) {
        return String.join(" ", data.vocabulary().decode(example.tokens()));
    }

    static Set<String> texts(Dataset data, Split split) {
        return data.examples(split).stream().map(e -> text(data, e)).collect(Collectors.toSet());
    }

    static Example find(Dataset data, String text) {
        for (Split split : data.splits()) {
            for (Example example : data.examples(split)) {
                if (text(data, example).equals(text)) {
                    return example;
                }
            }
        }
        throw new AssertionError("no example " + text);
    }

    /** Next-token probabilities after a text, by token. */
    static Map<String, Double> next(Dataset data, String prefix) {
        Map<String, Double> byText = new TreeMap<>();
        data.determinacy()
                .next(data.vocabulary().encode(prefix))
                .forEach((token, p) -> byText.put(data.vocabulary().token(token), p));
        return byText;
    }

    static List<Integer> determined(Dataset data, Example example) {
        return java.util.stream.IntStream.range(1, example.length())
                .filter(i -> data.determinacy().determined(example, i))
                .boxed()
                .toList();
    }
}
