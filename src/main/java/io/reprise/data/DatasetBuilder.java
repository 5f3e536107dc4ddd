package io.reprise.data;

import io.reprise.tensor.Rng;
import io.reprise.text.Vocabulary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a data set of a task and a split. Components that can be listed are taken whole (then cut down to the sizes asked
 * for); where one is too large for that, sequences are drawn until each split has as many distinct ones as asked for. What
 * can't be had is refused here, before anything is trained, with the numbers.
 */
public final class DatasetBuilder {
    /** Draws in a row that bring nothing new before giving up: what is left is rarer than one in this many. */
    private static final int PATIENCE = 100_000;

    private final SeriesCatalogue catalogue;

    public DatasetBuilder(SeriesCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** The data set; the same bytes for the same two records. */
    public Dataset build(TaskSpec task, SplitSpec split) {
        List<Pool> pools = pools(task);
        if (split.by() == SplitBy.TRANSITION) {
            requireContinuations(
                    pools, "split.by = transition needs rules whose members follow from each other", "unit or example");
        }
        if (task.tokenKind() == TokenKind.SEPARATED) {
            requireContinuations(
                    pools, "task.tokens = separated is for members that follow from each other", "value or digit");
        }
        Lexicon lexicon = new Lexicon(task, pools);
        boolean listed = pools.stream().allMatch(Pool::listed);
        Splitter splitter = new Splitter(split);
        Refusals refusals = new Refusals(split, splitter, pools);
        Map<Split, List<Candidate>> chosen;
        if (listed) {
            List<Candidate> all = all(pools, lexicon);
            Map<Split, List<Candidate>> bySplit = sorted(all, splitter, task);
            refusals.checkListed(all, bySplit);
            chosen = cut(bySplit, split);
        } else {
            refusals.checkDrawable(task);
            chosen = draw(pools, lexicon, splitter, task, split);
            refusals.checkDrawn(chosen);
        }
        Vocabulary vocabulary = withPadding(lexicon.vocabulary(), pools, task);
        Map<Split, List<Example>> examples = new EnumMap<>(Split.class);
        chosen.forEach((name, candidates) -> {
            if (!candidates.isEmpty()) {
                examples.put(name, examples(candidates, splitter, name));
            }
        });
        Determinacy determinacy = determinacy(task, pools, lexicon, vocabulary.size());
        return new Dataset(vocabulary, examples, determinacy, Notes.of(pools, chosen, examples, determinacy));
    }

    private List<Pool> pools(TaskSpec task) {
        List<ComponentSpec> components = task.components();
        double total =
                components.stream().mapToDouble(ComponentSpec::weightOrOne).sum();
        List<Pool> pools = new ArrayList<>();
        for (int c = 0; c < components.size(); c++) {
            try {
                pools.add(new Pool(
                        Source.of(components.get(c), catalogue),
                        components.get(c).weightOrOne() / total));
            } catch (IllegalArgumentException e) {
                String where = task.mixture().isEmpty() ? "task." : "task.mixture." + c + ".";
                throw new IllegalArgumentException(where + e.getMessage(), e);
            }
        }
        return pools;
    }

    private static void requireContinuations(List<Pool> pools, String what, String instead) {
        for (Pool pool : pools) {
            if (!pool.source().spec().rule().continues()) {
                throw new IllegalArgumentException(
                        what + "; " + pool.source().label() + " has no such steps. Choose " + instead);
            }
        }
    }

    /** All distinct sequences of the mixture. */
    private static List<Candidate> all(List<Pool> pools, Lexicon lexicon) {
        Map<Slice, Candidate> distinct = new LinkedHashMap<>();
        for (Pool pool : pools) {
            for (Draft draft : pool.drafts()) {
                Example example = lexicon.render(pool.source(), draft);
                distinct.computeIfAbsent(Slice.of(example.raw()), k -> new Candidate(example, lexicon.vocabulary()))
                        .addOrigin(draft.origin(), draft.unit(), pool.share() * draft.mass());
            }
        }
        return new ArrayList<>(distinct.values());
    }

    /** By split, each in an order that depends on content and data seed only. */
    private static Map<Split, List<Candidate>> sorted(List<Candidate> all, Splitter splitter, TaskSpec task) {
        Membership order = new Membership(task.dataSeed(), "order");
        Map<Candidate, Double> places = new HashMap<>();
        all.forEach(candidate -> places.put(candidate, order.of(candidate.content())));
        Map<Split, List<Candidate>> bySplit = empty();
        all.stream().sorted(Comparator.comparing(places::get)).forEach(candidate -> splitter.of(candidate)
                .ifPresent(s -> bySplit.get(s).add(candidate)));
        return bySplit;
    }

    private static Map<Split, List<Candidate>> empty() {
        Map<Split, List<Candidate>> map = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            map.put(split, new ArrayList<>());
        }
        return map;
    }

    private static Map<Split, List<Candidate>> cut(Map<Split, List<Candidate>> all, SplitSpec split) {
        if (!split.train().share()) {
            for (Split name : List.of(Split.TRAIN, Split.VALIDATION, Split.TEST)) {
                all.put(name, all.get(name).subList(0, split.amount(name).size()));
            }
        }
        return all;
    }

    /** Draws until every split has its number of distinct examples; held_out gets at most as many as the test. */
    private static Map<Split, List<Candidate>> draw(
            List<Pool> pools, Lexicon lexicon, Splitter splitter, TaskSpec task, SplitSpec split) {
        Rng rng = Rng.of(task.dataSeed()).split("examples");
        Map<Split, List<Candidate>> drawn = empty();
        Map<Slice, Boolean> known = new HashMap<>();
        Map<Split, Integer> wanted = new EnumMap<>(Split.class);
        for (Split name : List.of(Split.TRAIN, Split.VALIDATION, Split.TEST)) {
            wanted.put(name, split.amount(name).size());
        }
        wanted.put(Split.HELD_OUT, split.holdOut().isEmpty() ? 0 : Math.max(1, wanted.get(Split.TEST)));
        int missing = wanted.values().stream().mapToInt(Integer::intValue).sum();
        for (int misses = 0; missing > 0 && misses < PATIENCE; misses++) {
            Pool pool = pick(pools, rng);
            Draft draft = pool.sample(rng);
            Example example = lexicon.render(pool.source(), draft);
            Slice key = Slice.of(example.raw());
            if (known.containsKey(key)) {
                continue;
            }
            Candidate candidate = new Candidate(example, lexicon.vocabulary());
            candidate.addOrigin(draft.origin(), draft.unit(), 1.0);
            Optional<Split> place = splitter.of(candidate);
            if (place.isPresent() && drawn.get(place.get()).size() < wanted.get(place.get())) {
                known.put(key, true);
                drawn.get(place.get()).add(candidate);
                missing--;
                misses = 0;
            }
        }
        return drawn;
    }

    private static Pool pick(List<Pool> pools, Rng rng) {
        double place = rng.nextDouble();
        for (Pool pool : pools) {
            place -= pool.share();
            if (place < 0) {
                return pool;
            }
        }
        return pools.get(pools.size() - 1);
    }

    /** Padding where the task's sequences (not only the chosen ones) have several lengths. */
    private static Vocabulary withPadding(Vocabulary vocabulary, List<Pool> pools, TaskSpec task) {
        Set<Integer> lengths = new HashSet<>();
        for (Pool pool : pools) {
            pool.addLengths(task.startToken(), lengths);
        }
        return lengths.size() == 1 && task.tokenKind() != TokenKind.DIGIT
                ? vocabulary
                : Vocabulary.of(vocabulary.tokens(), List.of(Vocabulary.PAD));
    }

    /** Weights by the mixture's probabilities, 1 on average. */
    private static List<Example> examples(List<Candidate> candidates, Splitter splitter, Split split) {
        double mean = candidates.stream().mapToDouble(Candidate::mass).average().orElseThrow();
        List<Example> examples = new ArrayList<>(candidates.size());
        for (Candidate candidate : candidates) {
            double weight = candidate.mass() / mean;
            examples.add(candidate.example().with(splitter.scored(candidate, split), weight));
        }
        return examples;
    }

    private static Determinacy determinacy(TaskSpec task, List<Pool> pools, Lexicon lexicon, int vocabularySize) {
        PrefixTrie trie = new PrefixTrie();
        List<Determinacy.Weighted> parts = new ArrayList<>();
        boolean anyListed = false;
        for (Pool pool : pools) {
            if (pool.listed()) {
                anyListed = true;
                for (Draft draft : pool.drafts()) {
                    trie.add(lexicon.render(pool.source(), draft), pool.share() * draft.mass());
                }
            } else if (pool.source() instanceof SortSource sort) {
                parts.add(new Determinacy.Weighted(new SortPredictive(sort, lexicon, task.endToken()), pool.share()));
            } else if (pool.source() instanceof RepeatSource repeat) {
                parts.add(new Determinacy.Weighted(
                        new RepeatPredictive(repeat, lexicon, task.startToken(), task.endToken()), pool.share()));
            }
        }
        if (anyListed) {
            parts.add(new Determinacy.Weighted(trie, 1.0)); // the shares are in its probabilities
        }
        return new Determinacy(parts, vocabularySize);
    }
}
