package io.reprise.data.pairs;

import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.data.Split;
import io.reprise.tensor.Rng;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Clean and corrupt prompts of a toy's data set. Clean prompts are cut from examples of one split, have one right answer, and were
 * not seen in training as they stand; components, starts and numbers of members given are as equally frequent as they can be. Corrupt
 * prompts are of any split, and never a clean prompt of the other set where that can be helped.
 */
public final class ToyPairs {
    private final Dataset data;
    private final PairSpec spec;
    private final Split split;
    private final List<Cut> all = new ArrayList<>();

    private ToyPairs(Dataset data, PairSpec spec) {
        this.data = data;
        this.spec = spec;
        this.split = spec.split().orElseGet(() -> splitOf(data));
        Cutter cutter = new Cutter(data);
        Set<List<Integer>> known = new HashSet<>();
        for (Split each : Split.values()) { // training first: what is known from there is not unseen elsewhere
            for (Example example : data.examples(each)) {
                for (Cut cut : cutter.cuts(example, each)) {
                    if (known.add(cut.content())) {
                        all.add(cut);
                    }
                }
            }
        }
    }

    /**
     * @throws IllegalArgumentException if there is no such component or split, or fewer prompts than asked for (the message says how
     *     many there are)
     */
    public static TaskPairs of(Dataset data, PairSpec spec) {
        return new ToyPairs(data, spec).pairs();
    }

    /** Facts are cut from what was trained on: nothing tells those that were not. */
    private static Split splitOf(Dataset data) {
        boolean facts = data.examples(Split.TRAIN).stream().anyMatch(e -> Shape.of(e.origin()) == Shape.FACT);
        if (facts) {
            return Split.TRAIN;
        }
        return data.splits().contains(Split.TEST) ? Split.TEST : Split.HELD_OUT;
    }

    private TaskPairs pairs() {
        if (!data.splits().contains(split)) {
            throw new IllegalArgumentException("split = " + split.key() + " has no examples; there are "
                    + data.splits().stream().map(Split::key).collect(Collectors.joining(", "))
                    + ". Give the data set a test split, or name another split");
        }
        requireComponent();
        List<Cut> clean = all.stream()
                .filter(cut -> cut.split() == split
                        && asked(cut)
                        && data.determinacy().determined(cut.example(), cut.position()))
                .toList();
        CorruptRule how = spec.corrupt().orElseGet(() -> usual(clean));
        Partners partners = new Partners(data, how, all);
        Rng rng = Rng.of(spec.seed()).split("pairs");
        List<Cut> usable = clean.stream()
                .filter(cut ->
                        partners.find(cut, rng.split("any"), prompt -> true).isPresent())
                .toList();
        int wanted = spec.discovery() + spec.evaluation();
        if (usable.size() < wanted) {
            throw new IllegalArgumentException("discovery = " + spec.discovery() + " and evaluation = "
                    + spec.evaluation() + " ask for " + wanted + " prompts of " + name() + given() + ", and there are "
                    + usable.size() + " in split " + split.key() + " with a corrupt prompt by " + how.key() + " ("
                    + clean.size()
                    + " without that); ask for fewer, allow more lengths in given, or enlarge the split");
        }
        List<Cut> order = balanced(usable, rng.split("order"));
        List<Cut> first = order.subList(0, spec.discovery());
        List<Cut> second = order.subList(spec.discovery(), wanted);
        Rng choice = rng.split("corrupt");
        Made discovery = make("discovery", first, prompts(second), partners, choice);
        Made evaluation = make("evaluation", second, prompts(first), partners, choice);
        return new TaskPairs(
                discovery.set(),
                evaluation.set(),
                name() + given() + ": " + wanted + " prompts of split " + split.key() + "; corrupt by " + how.key()
                        + ": " + how.meaning() + shared(discovery.shared() + evaluation.shared()));
    }

    private static String shared(int count) {
        return count == 0 ? "" : "; " + count + " corrupt prompts are clean ones of the other set";
    }

    private boolean asked(Cut cut) {
        return ofComponent(cut.example())
                && spec.given().map(range -> range.contains(cut.given())).orElse(true);
    }

    private boolean ofComponent(Example example) {
        return spec.series().map(s -> s.equals(example.origin().series())).orElse(true)
                && spec.rule().map(r -> r.equals(example.origin().rule())).orElse(true);
    }

    private void requireComponent() {
        if (all.stream().noneMatch(cut -> ofComponent(cut.example()))) {
            Set<String> components = all.stream()
                    .map(cut -> "series " + cut.series() + ", rule " + cut.rule())
                    .collect(Collectors.toCollection(TreeSet::new));
            throw new IllegalArgumentException(
                    name() + " is no component of this data set; there are: " + String.join("; ", components));
        }
    }

    private String name() {
        String name = spec.series().orElse("") + " " + spec.rule().orElse("");
        return name.isBlank() ? "all components" : name.strip();
    }

    private String given() {
        return spec.given().map(range -> " given " + range).orElse("");
    }

    private CorruptRule usual(List<Cut> clean) {
        Set<Shape> shapes = clean.stream().map(Cut::shape).collect(Collectors.toSet());
        if (shapes.equals(Set.of(Shape.SORT))) {
            return CorruptRule.OTHER_LIST;
        } else if (shapes.equals(Set.of(Shape.REPEAT))) {
            return CorruptRule.OTHER_FOLLOWER;
        } else if (shapes.equals(Set.of(Shape.CONTINUATION))) {
            Partners swapped = new Partners(data, CorruptRule.SWAP_RULE, all);
            Rng rng = Rng.of(spec.seed()).split("usual");
            if (clean.stream()
                    .anyMatch(cut -> swapped.find(cut, rng, prompt -> true).isPresent())) {
                return CorruptRule.SWAP_RULE;
            }
        }
        return CorruptRule.OTHER_EXAMPLE;
    }

    /** Such that every beginning of the list has components and members given, and of each of them starts, equally often. */
    private static List<Cut> balanced(List<Cut> cuts, Rng rng) {
        Map<String, List<Cut>> buckets = new LinkedHashMap<>();
        for (int i : rng.permutation(cuts.size())) {
            Cut cut = cuts.get(i);
            buckets.computeIfAbsent(cut.series() + " " + cut.rule() + " " + cut.given(), k -> new ArrayList<>())
                    .add(cut);
        }
        List<Queue<Cut>> queues =
                buckets.values().stream().map(ToyPairs::byStart).toList();
        List<Cut> order = new ArrayList<>();
        while (order.size() < cuts.size()) {
            for (Queue<Cut> queue : queues) {
                if (!queue.isEmpty()) {
                    order.add(queue.remove());
                }
            }
        }
        return order;
    }

    private static Queue<Cut> byStart(List<Cut> cuts) {
        Map<Integer, Integer> counts = new HashMap<>();
        Map<Cut, Integer> rank = new HashMap<>();
        cuts.forEach(
                cut -> rank.put(cut, counts.merge(cut.example().origin().start().orElse(0), 1, Integer::sum)));
        return cuts.stream().sorted(Comparator.comparing(rank::get)).collect(Collectors.toCollection(ArrayDeque::new));
    }

    private static Set<List<Integer>> prompts(List<Cut> cuts) {
        return cuts.stream().map(cut -> cut.prompt(0)).collect(Collectors.toSet());
    }

    private record Made(PairSet set, int shared) {}

    private Made make(String part, List<Cut> clean, Set<List<Integer>> others, Partners partners, Rng rng) {
        Map<List<String>, List<PromptPair>> groups = new LinkedHashMap<>();
        int shared = 0;
        for (Cut cut : clean) {
            Optional<Partners.Paired> apart = partners.find(cut, rng, prompt -> !others.contains(prompt));
            shared += apart.isPresent() ? 0 : 1;
            Partners.Paired paired =
                    apart.or(() -> partners.find(cut, rng, prompt -> true)).orElseThrow();
            groups.computeIfAbsent(paired.roles(), k -> new ArrayList<>()).add(paired.pair());
        }
        List<PairSet.Group> made = new ArrayList<>();
        groups.forEach((roles, pairs) -> made.add(new PairSet.Group(roles, pairs)));
        return new Made(new PairSet(name() + given() + " " + part, made), shared);
    }
}
