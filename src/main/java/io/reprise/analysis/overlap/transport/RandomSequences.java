package io.reprise.analysis.overlap.transport;

import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Tokens;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Sequences of random tokens that have the lengths of a task's prompts and are none of them. A position that holds one and the same
 * token in all prompts (a start token, a separator) keeps it.
 */
final class RandomSequences {
    /** Draws per sequence wanted; more than that means that almost every sequence is a prompt. */
    private static final int MOST_TRIES = 50;

    private RandomSequences() {}

    /**
     * One batch per group of prompts, each with its share of the sequences.
     *
     * @throws IllegalArgumentException if there are not enough sequences that are no prompts
     */
    static List<Tokens> like(PairSet pairs, List<Integer> vocabulary, int sequences, Rng rng) {
        List<Tokens> batches = new ArrayList<>();
        for (PairSet.Group group : pairs.groups()) {
            int share = Math.max(2, sequences * group.pairs().size() / pairs.size());
            batches.add(like(group, vocabulary, share, rng));
        }
        return batches;
    }

    private static Tokens like(PairSet.Group group, List<Integer> vocabulary, int count, Rng rng) {
        int length = group.length();
        Set<List<Integer>> prompts = new HashSet<>();
        List<Set<Integer>> seen = new ArrayList<>();
        IntStream.range(0, length).forEach(i -> seen.add(new TreeSet<>()));
        for (PromptPair pair : group.pairs()) {
            for (List<Integer> prompt : List.of(pair.clean(), pair.corrupt())) {
                prompts.add(prompt);
                IntStream.range(0, length).forEach(i -> seen.get(i).add(prompt.get(i)));
            }
        }
        Set<Integer> fixed = new HashSet<>();
        Set<Integer> moving = new HashSet<>();
        seen.forEach(tokens -> (tokens.size() == 1 ? fixed : moving).addAll(tokens));
        fixed.removeAll(moving);
        List<Integer> drawn =
                vocabulary.stream().filter(token -> !fixed.contains(token)).toList();
        if (drawn.isEmpty()) {
            throw new IllegalArgumentException("a vocabulary of " + vocabulary.size()
                    + " tokens has none to draw random sequences from; give the task's whole vocabulary");
        }
        int[] ids = new int[count * length];
        int made = 0;
        for (long tries = 0; made < count; tries++) {
            if (tries >= (long) MOST_TRIES * count) {
                throw new IllegalArgumentException("of the sequences of " + length + " tokens out of " + drawn.size()
                        + " almost all are prompts of the task, and maps must be fitted on others; give fewer prompts");
            }
            List<Integer> sequence = new ArrayList<>();
            for (Set<Integer> tokens : seen) {
                sequence.add(tokens.size() == 1 ? tokens.iterator().next() : drawn.get(rng.nextInt(drawn.size())));
            }
            if (prompts.contains(sequence)) {
                continue;
            }
            for (int i = 0; i < length; i++) {
                ids[made * length + i] = sequence.get(i);
            }
            made++;
        }
        return new Tokens(ids, count, length);
    }
}
