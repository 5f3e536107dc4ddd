package io.reprise.data;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** The sentences about a data set that its reader should know. */
final class Notes {
    private Notes() {}

    static List<String> of(
            List<Pool> pools,
            Map<Split, List<Candidate>> chosen,
            Map<Split, List<Example>> examples,
            Determinacy determinacy) {
        List<String> notes = new ArrayList<>();
        bigram(examples, determinacy).ifPresent(accuracy -> {
            if (accuracy >= 0.999) {
                notes.add(String.format(
                        Locale.ROOT,
                        "a bigram table solves this task (%s%%): what is learnt here is a lookup",
                        new DecimalFormat("0.##", DecimalFormatSymbols.getInstance(Locale.ROOT))
                                .format(100 * accuracy)));
            }
        });
        pools.forEach(pool -> {
            if (pool.listed()) {
                pool.source().leftOut().ifPresent(notes::add);
            }
        });
        facts(pools, chosen).ifPresent(notes::add);
        long several = chosen.values().stream()
                .flatMap(List::stream)
                .filter(c -> c.units().stream().distinct().count() > 1)
                .count();
        if (several > 0) {
            notes.add(String.format(
                    Locale.ROOT,
                    "%,d sequences come from several units (2 4 is +2 and ×2); where one of them is a training unit, the"
                            + " sequence is only in training",
                    several));
        }
        return notes;
    }

    /** Facts drawn at random can be memorised, and nothing else: what that means for this split. */
    private static Optional<String> facts(List<Pool> pools, Map<Split, List<Candidate>> chosen) {
        if (pools.stream().noneMatch(pool -> pool.source() instanceof TripleSource)) {
            return Optional.empty();
        }
        Map<Split, Long> facts = new EnumMap<>(Split.class);
        chosen.forEach((split, candidates) -> facts.put(
                split,
                candidates.stream()
                        .filter(c ->
                                c.origins().stream().anyMatch(o -> o.series().equals(TripleSource.SERIES)))
                        .count()));
        long kept = facts.values().stream().mapToLong(Long::longValue).sum() - facts.get(Split.TRAIN);
        return Optional.of(
                kept == 0
                        ? String.format(
                                Locale.ROOT,
                                "all %,d facts are trained on, by design: their objects are drawn at random, so accuracy says what"
                                        + " is memorised and nothing of generalisation",
                                facts.get(Split.TRAIN))
                        : String.format(
                                Locale.ROOT,
                                "%,d facts are kept from training; their objects are drawn at random, so nothing tells them and"
                                        + " chance is all that can be had. To have all of them known, write split: {train: 1.0,"
                                        + " validation: 0.0, test: 0.0}",
                                kept));
    }

    /** Accuracy of the bigram table at the determined scored positions of the test set, or of the next best split. */
    private static OptionalDouble bigram(Map<Split, List<Example>> examples, Determinacy determinacy) {
        KGram table = KGram.count(examples.get(Split.TRAIN), 2);
        for (Split split : List.of(Split.TEST, Split.HELD_OUT, Split.VALIDATION)) {
            long right = 0;
            long all = 0;
            for (Example example : examples.getOrDefault(split, List.of())) {
                for (int i = 1; i < example.length(); i++) {
                    if (example.scored(i) && determinacy.determined(example, i)) {
                        all++;
                        right += table.predict(example, i) == example.token(i) ? 1 : 0;
                    }
                }
            }
            if (all > 0) {
                return OptionalDouble.of((double) right / all);
            }
        }
        return OptionalDouble.empty();
    }
}
