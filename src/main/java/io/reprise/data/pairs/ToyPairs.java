package io.reprise.data.pairs;

import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.data.Split;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Prompts of a toy's own task with corrupt twins. A prompt ends where its answer begins; where the answers of a prompt and its twin
 * begin alike (numbers in digits), both are continued to the first token in which they differ.
 */
public final class ToyPairs {
    private final Dataset data;
    private final Twins twins;

    public ToyPairs(Dataset data) {
        this.data = data;
        this.twins = new Twins(all(data), data.vocabulary());
    }

    /**
     * @param name of the task, for people
     * @param seed which prompts are taken
     * @throws IllegalArgumentException if there are fewer than asked for, with how many there are
     */
    public Prompts make(String name, PairSpec spec, long seed) {
        Rng rng = Rng.of(seed).split("prompts " + name);
        Map<String, List<Cut>> byComponent = new LinkedHashMap<>();
        for (Example example : candidates(spec)) {
            twins.of(example, spec, rng).ifPresent(cut -> byComponent
                    .computeIfAbsent(example.component() + " " + example.length(), key -> new ArrayList<>())
                    .add(cut));
        }
        byComponent.values().forEach(cuts -> shuffle(cuts, rng));
        List<Cut> chosen = distinct(inTurn(List.copyOf(byComponent.values())));
        int wanted = spec.discovery() + spec.evaluation();
        if (chosen.size() < wanted) {
            throw new IllegalArgumentException("task " + name + " asks for " + spec.discovery() + " + "
                    + spec.evaluation() + " different prompts, and there are " + chosen.size()
                    + (spec.seen() ? "" : " that were not trained on")
                    + " with a twin of another answer; ask for fewer"
                    + (spec.seen() ? ", or drop a filter" : ", write seen: true, or make the test set larger"));
        }
        return new Prompts(
                set(name, chosen.subList(0, spec.discovery())), set(name, chosen.subList(spec.discovery(), wanted)));
    }

    private List<Example> candidates(PairSpec spec) {
        Set<String> known = new TreeSet<>();
        List<Example> found = new ArrayList<>();
        for (Split split : data.splits()) {
            if (split == Split.TRAIN && !spec.seen()) {
                continue;
            }
            for (Example example : data.examples(split)) {
                known.add(example.component());
                boolean fits = spec.series()
                                .filter(series -> !Twins.series(example).equals(series))
                                .isEmpty()
                        && spec.rule()
                                .filter(rule -> !example.origin().rule().equals(rule))
                                .isEmpty();
                if (fits) {
                    found.add(example);
                }
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "no sequence has series = " + spec.series().orElse("any") + " and rule = "
                            + spec.rule().orElse("any") + "; there are " + String.join(", ", known));
        }
        return found;
    }

    /** One of each list, then the next of each: components are balanced as far as they reach. */
    private static List<Cut> inTurn(List<List<Cut>> lists) {
        List<Cut> all = new ArrayList<>();
        int longest = lists.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < longest; i++) {
            for (List<Cut> list : lists) {
                if (i < list.size()) {
                    all.add(list.get(i));
                }
            }
        }
        return all;
    }

    private static List<Cut> distinct(List<Cut> cuts) {
        Set<List<Integer>> prompts = new LinkedHashSet<>();
        return cuts.stream().filter(cut -> prompts.add(cut.pair().clean())).toList();
    }

    private static void shuffle(List<Cut> cuts, Rng rng) {
        int[] order = rng.permutation(cuts.size());
        List<Cut> old = List.copyOf(cuts);
        Collections.fill(cuts, null);
        for (int i = 0; i < order.length; i++) {
            cuts.set(i, old.get(order[i]));
        }
    }

    private static PairSet set(String name, List<Cut> cuts) {
        Map<List<String>, List<PromptPair>> groups = new LinkedHashMap<>();
        cuts.forEach(cut ->
                groups.computeIfAbsent(cut.roles(), key -> new ArrayList<>()).add(cut.pair()));
        return new PairSet(
                name,
                groups.entrySet().stream()
                        .map(group -> new PairSet.Group(group.getKey(), group.getValue()))
                        .toList());
    }

    private static List<Example> all(Dataset data) {
        return Arrays.stream(Split.values())
                .flatMap(split -> data.examples(split).stream())
                .toList();
    }
}
