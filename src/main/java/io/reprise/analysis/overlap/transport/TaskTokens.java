package io.reprise.analysis.overlap.transport;

import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import java.util.List;
import java.util.TreeSet;

/** The vocabulary of a task, where only its prompts are known. */
public final class TaskTokens {
    private TaskTokens() {}

    /** Every token of the prompts and answers, smallest first. */
    public static List<Integer> of(PairSet pairs) {
        TreeSet<Integer> tokens = new TreeSet<>(answers(pairs));
        for (PromptPair pair : pairs.pairs()) {
            tokens.addAll(pair.clean());
            tokens.addAll(pair.corrupt());
        }
        return List.copyOf(tokens);
    }

    /** Every token that is an answer or a wrong answer, smallest first. */
    public static List<Integer> answers(PairSet pairs) {
        TreeSet<Integer> tokens = new TreeSet<>();
        for (PromptPair pair : pairs.pairs()) {
            tokens.add(pair.answer());
            tokens.add(pair.wrong());
        }
        return List.copyOf(tokens);
    }
}
