package io.reprise.data;

import io.reprise.text.Vocabulary;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Counts {@link Overlaps}: the evaluated split's pieces are collected, training is streamed past them. */
final class OverlapCounter {
    private OverlapCounter() {}

    static Overlaps count(List<Example> training, List<Example> evaluated, Vocabulary vocabulary) {
        Map<Slice, Boolean> prefixes = new HashMap<>(); // prefix → whether training has it
        Map<Slice, Boolean> windows = new HashMap<>();
        Set<Integer> windowLengths = new TreeSet<>();
        for (Example example : evaluated) {
            for (Slice prefix : Slice.prefixes(example.raw())) {
                prefixes.put(prefix, false);
            }
            Slice core = core(example, vocabulary);
            windows.put(core, false);
            windowLengths.add(coreEnd(example, vocabulary) - coreStart(example, vocabulary));
        }
        Set<Slice> whole = new HashSet<>();
        for (Example example : training) {
            whole.add(Slice.of(example.raw()));
            for (Slice prefix : Slice.prefixes(example.raw())) {
                prefixes.computeIfPresent(prefix, (p, seen) -> true);
            }
            int end = coreEnd(example, vocabulary);
            for (int length : windowLengths) {
                for (int from = coreStart(example, vocabulary); from + length <= end; from++) {
                    windows.computeIfPresent(Slice.of(example.raw(), from, from + length), (w, seen) -> true);
                }
            }
        }
        return shares(evaluated, vocabulary, whole, prefixes, windows, Steps.of(training));
    }

    private static Overlaps shares(
            List<Example> evaluated,
            Vocabulary vocabulary,
            Set<Slice> whole,
            Map<Slice, Boolean> prefixes,
            Map<Slice, Boolean> windows,
            Steps steps) {
        long examples = 0;
        long insides = 0;
        long positions = 0;
        long prefixSeen = 0;
        long prefixNextSeen = 0;
        long stepSeen = 0;
        for (Example example : evaluated) {
            examples += whole.contains(Slice.of(example.raw())) ? 1 : 0;
            insides += windows.get(core(example, vocabulary)) ? 1 : 0;
            Slice[] own = Slice.prefixes(example.raw());
            for (int i = 1; i < example.length(); i++) {
                if (example.scored(i)) {
                    positions++;
                    prefixSeen += prefixes.get(own[i - 1]) ? 1 : 0;
                    prefixNextSeen += prefixes.get(own[i]) ? 1 : 0;
                    stepSeen += steps.seen(example, i) ? 1 : 0;
                }
            }
        }
        double all = evaluated.size();
        return new Overlaps(
                examples / all,
                (double) prefixSeen / positions,
                insides / all,
                (double) prefixNextSeen / positions,
                (double) stepSeen / positions);
    }

    private static Slice core(Example example, Vocabulary vocabulary) {
        return Slice.of(example.raw(), coreStart(example, vocabulary), coreEnd(example, vocabulary));
    }

    private static int coreStart(Example example, Vocabulary vocabulary) {
        return is(example.token(0), Vocabulary.START, vocabulary) ? 1 : 0;
    }

    private static int coreEnd(Example example, Vocabulary vocabulary) {
        int last = example.length() - 1;
        return is(example.token(last), Vocabulary.END, vocabulary) ? last : last + 1;
    }

    private static boolean is(int token, String special, Vocabulary vocabulary) {
        return vocabulary.find(special).orElse(-1) == token;
    }
}
