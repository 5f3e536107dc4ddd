package io.reprise.data.pairs;

import io.reprise.data.Example;
import io.reprise.tensor.Rng;
import io.reprise.text.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds a corrupt twin for a sequence among all of its task, trained on or not. */
final class Twins {
    private static final String REPEAT = "repeat";

    private final Map<String, List<Example>> alike = new HashMap<>();
    private final Map<String, List<Example>> sameLast = new HashMap<>();
    private final Map<String, List<Integer>> members = new HashMap<>();
    private final Map<String, Set<String>> rules = new HashMap<>();
    private final Vocabulary vocabulary;

    Twins(List<Example> examples, Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        for (Example example : examples) {
            rules.computeIfAbsent(series(example), key -> new HashSet<>())
                    .add(example.origin().rule());
            alike.computeIfAbsent(example.component() + shape(example), key -> new ArrayList<>())
                    .add(example);
            if (!repeats(example)) {
                sameLast.computeIfAbsent(last(example), key -> new ArrayList<>())
                        .add(example);
            }
        }
        alike.forEach((key, list) -> members.put(
                key,
                list.stream()
                        .flatMap(example -> Arrays.stream(example.tokens()).boxed())
                        .filter(token -> !Vocabulary.SPECIAL.contains(vocabulary.token(token)))
                        .distinct()
                        .sorted()
                        .toList()));
    }

    /** The prompt of {@code clean} with a twin; empty if it has none. */
    Optional<Cut> of(Example clean, PairSpec spec, Rng rng) {
        if (repeats(clean)) {
            return otherFollower(clean, spec, rng);
        }
        if (spec.length().filter(n -> n != shown(clean)).isPresent()) {
            return Optional.empty();
        }
        boolean swap =
                switch (spec.corrupt()) {
                    case SWAP_RULE -> true;
                    case OTHER_EXAMPLE -> false;
                    case AUTO -> rules.get(series(clean)).size() > 1;
                };
        if (swap) {
            List<Example> swapped = sameLast.get(last(clean)).stream()
                    .filter(other ->
                            !other.origin().rule().equals(clean.origin().rule()))
                    .toList();
            return first(clean, swapped, rng);
        }
        return first(clean, alike.get(clean.component() + shape(clean)), rng);
    }

    /** The first of {@code others}, in a random order, that has another answer. */
    private Optional<Cut> first(Example clean, List<Example> others, Rng rng) {
        for (int index : rng.permutation(others.size())) {
            Optional<Cut> cut = Cut.of(clean, others.get(index), vocabulary);
            if (cut.isPresent()) {
                return cut;
            }
        }
        return Optional.empty();
    }

    /** Where a block is said again: what followed the last token the first time is another token, one that the block has not. */
    private Optional<Cut> otherFollower(Example clean, PairSpec spec, Rng rng) {
        int block = clean.origin().length();
        int again = clean.answerStart();
        int into = spec.length().map(n -> n - block).orElseGet(() -> 1 + rng.nextInt(Math.max(1, block - 1)));
        if (into < 1 || into >= block) {
            return Optional.empty();
        }
        Set<Integer> own = Arrays.stream(clean.tokens()).boxed().collect(Collectors.toSet());
        List<Integer> others = members.get(clean.component() + shape(clean)).stream()
                .filter(token -> !own.contains(token))
                .toList();
        if (others.isEmpty()) {
            return Optional.empty();
        }
        int token = others.get(rng.nextInt(others.size()));
        return Optional.of(Cut.replaced(clean, again + into, again + into - block, token, vocabulary));
    }

    static String series(Example example) {
        return example.origin().series();
    }

    /** Members before the answer. */
    private static int shown(Example example) {
        return example.memberOf(example.answerStart());
    }

    private static boolean repeats(Example example) {
        return example.origin().rule().startsWith(REPEAT);
    }

    private static String shape(Example example) {
        return " " + example.length() + " " + example.answerStart();
    }

    /** Series, length and last member shown. */
    private static String last(Example example) {
        int member = shown(example) - 1;
        int[] tokens = member < 0
                ? new int[0]
                : Arrays.copyOfRange(example.tokens(), example.memberStart(member), example.answerStart());
        return series(example) + " " + example.answerStart() + " " + Arrays.toString(tokens);
    }
}
