package io.reprise.analysis.circuit.screen;

import io.reprise.analysis.circuit.Readout;
import io.reprise.analysis.circuit.screen.Screening.Lookup;
import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.data.KGram;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.stats.Interval;
import io.reprise.stats.Proportions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Refuses tasks that have no attention circuit to be found: those that the model doesn't do, and those that a table does as well.
 *
 * <p>The table of (last token, position) stands for every zero-layer model: without attention, the logits at a position are a
 * function of the token and the position there, so none answers more of the task's sequences rightly than the table that has
 * the most frequent next token for each (token, position). No zero-layer model needs to be trained. Bigram and trigram are
 * {@link KGram}'s.
 */
public final class TaskScreen {
    private final PairSet pairs;
    private final List<double[]> logits;
    private final Optional<List<Example>> sequences;
    private final boolean force;

    private TaskScreen(PairSet pairs, List<double[]> logits, Optional<List<Example>> sequences, boolean force) {
        if (logits.size() != pairs.size()) {
            throw new IllegalArgumentException("logits of " + logits.size() + " prompts are given for " + pairs.size()
                    + "; give one row a prompt");
        }
        this.pairs = pairs;
        this.logits = logits;
        this.sequences = sequences;
        this.force = force;
    }

    /**
     * For a model whose task is known. Tables are counted from all of its sequences, whatever split they are in: one that is wrong
     * only because it never saw a transition is still a lookup.
     *
     * @param logits of the whole model after each clean prompt, in the order of {@link PairSet#pairs()}, each [d_vocab]
     * @param force whether a task that would be refused passes, with a note
     */
    public static Screening trained(PairSet pairs, List<double[]> logits, Dataset data, boolean force) {
        List<Example> sequences = data.splits().stream()
                .flatMap(split -> data.examples(split).stream())
                .toList();
        return new TaskScreen(pairs, logits, Optional.of(sequences), force).screen();
    }

    /**
     * For a pretrained model: the only table is that of the prompts themselves, last token to most frequent answer, each prompt
     * left out in its turn.
     */
    public static Screening pretrained(PairSet pairs, List<double[]> logits, boolean force) {
        return new TaskScreen(pairs, logits, Optional.empty(), force).screen();
    }

    private Screening screen() {
        List<PromptPair> prompts = pairs.pairs();
        int right = 0;
        int preferred = 0;
        for (int i = 0; i < prompts.size(); i++) {
            PromptPair pair = prompts.get(i);
            double[] row = logits.get(i);
            for (double logit : row) {
                if (Double.isNaN(logit)) {
                    throw new IllegalArgumentException(
                            "logits of prompt " + i + " hold NaN; the model can't be judged");
                }
            }
            right += Readout.largest(row) == pair.answer() ? 1 : 0;
            preferred += row[pair.answer()] > row[pair.wrong()] ? 1 : 0;
        }
        int total = prompts.size();
        Interval interval = Proportions.wilson(preferred, total);
        double accuracy = (double) right / total;
        List<Lookup> lookups = sequences
                .map(examples -> tables(prompts, examples))
                .orElseGet(() -> List.of(lookup("bigram of the other prompts", prompts, leaveOneOut(prompts))));
        List<String> reasons = new ArrayList<>();
        if (interval.low() <= 0.5) {
            reasons.add(text(
                    "the model is at chance: it prefers the answer to the wrong one in %d of %d prompts (%.3f,"
                            + " 95%% interval %.3f..%.3f, chance 0.5)",
                    preferred, total, (double) preferred / total, interval.low(), interval.high()));
        }
        for (Lookup lookup : lookups) {
            if (lookup.reached()) {
                reasons.add(text(
                        "a lookup does it as well: %s has accuracy %.3f, the model %.3f (only the model is right in %d"
                                + " prompts, only the lookup in %d)",
                        lookup.name(), lookup.accuracy(), accuracy, lookup.modelOnly(), lookup.lookupOnly()));
            }
        }
        boolean refused = !reasons.isEmpty();
        return new Screening(
                total,
                accuracy,
                (double) preferred / total,
                interval,
                lookups,
                !refused || force,
                refused && force,
                message(reasons, accuracy, lookups));
    }

    private String message(List<String> reasons, double accuracy, List<Lookup> lookups) {
        if (reasons.isEmpty()) {
            return text("task %s passes: accuracy %.3f, above %s", pairs.name(), accuracy, named(lookups));
        }
        String why = String.join("; ", reasons);
        return force
                ? "task " + pairs.name() + " would be refused and was forced: " + why
                : "task " + pairs.name() + " is refused: " + why + ". There is no attention circuit to be found; mix"
                        + " several steps, train further, or pass force to go on nevertheless";
    }

    private static String named(List<Lookup> lookups) {
        return lookups.stream()
                .map(lookup -> text("%s %.3f", lookup.name(), lookup.accuracy()))
                .collect(Collectors.joining(", "));
    }

    private Lookup lookup(String name, List<PromptPair> prompts, Guess guess) {
        int right = 0;
        int modelOnly = 0;
        int lookupOnly = 0;
        for (int i = 0; i < prompts.size(); i++) {
            PromptPair pair = prompts.get(i);
            boolean table = guess.of(pair) == pair.answer();
            boolean model = Readout.largest(logits.get(i)) == pair.answer();
            right += table ? 1 : 0;
            modelOnly += model && !table ? 1 : 0;
            lookupOnly += table && !model ? 1 : 0;
        }
        int one = modelOnly + lookupOnly;
        boolean reached = one == 0 || Proportions.wilson(modelOnly, one).low() <= 0.5;
        return new Lookup(name, (double) right / prompts.size(), modelOnly, lookupOnly, reached);
    }

    private List<Lookup> tables(List<PromptPair> prompts, List<Example> sequences) {
        return List.of(
                lookup("(last token, position), the best zero-layer model,", prompts, placed(sequences)),
                lookup("bigram", prompts, gram(KGram.count(sequences, 2))),
                lookup("trigram", prompts, gram(KGram.count(sequences, 3))));
    }

    private static Guess gram(KGram table) {
        return pair -> {
            int[] tokens = pair.clean().stream().mapToInt(Integer::intValue).toArray();
            return table.predict(tokens, tokens.length);
        };
    }

    private static Guess placed(List<Example> sequences) {
        Map<List<Integer>, Map<Integer, Double>> counts = new HashMap<>();
        for (Example example : sequences) {
            for (int i = 1; i < example.length(); i++) {
                if (example.scored(i)) {
                    counts.computeIfAbsent(List.of(example.token(i - 1), i), k -> new TreeMap<>())
                            .merge(example.token(i), example.weight(), Double::sum);
                }
            }
        }
        KGram elsewhere = KGram.count(sequences, 2);
        return pair -> {
            int[] tokens = pair.clean().stream().mapToInt(Integer::intValue).toArray();
            Map<Integer, Double> next = counts.get(List.of(tokens[tokens.length - 1], tokens.length));
            return next == null ? elsewhere.predict(tokens, tokens.length) : mostFrequent(next);
        };
    }

    private static Guess leaveOneOut(List<PromptPair> prompts) {
        Map<Integer, Map<Integer, Double>> counts = new HashMap<>();
        for (PromptPair pair : prompts) {
            counts.computeIfAbsent(last(pair), k -> new TreeMap<>()).merge(pair.answer(), 1.0, Double::sum);
        }
        return pair -> {
            Map<Integer, Double> others = new TreeMap<>(counts.get(last(pair)));
            others.merge(pair.answer(), -1.0, Double::sum);
            others.values().removeIf(count -> count <= 0);
            return others.isEmpty() ? -1 : mostFrequent(others);
        };
    }

    private static int last(PromptPair pair) {
        return pair.clean().get(pair.clean().size() - 1);
    }

    /** The smallest id of several. */
    private static int mostFrequent(Map<Integer, Double> counts) {
        int best = -1;
        double most = 0;
        for (Map.Entry<Integer, Double> entry : counts.entrySet()) {
            if (entry.getValue() > most) {
                best = entry.getKey();
                most = entry.getValue();
            }
        }
        return best;
    }

    @FunctionalInterface
    private interface Guess {
        int of(PromptPair pair);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
