package io.reprise.train;

import io.reprise.data.Batch;
import io.reprise.data.Example;
import io.reprise.model.Tokens;
import java.util.Arrays;
import java.util.List;

/** Sequences with the target of each position, {@link Objective#NONE} where there is none. */
public final class LabeledBatch {
    private final Tokens tokens;
    private final int[] targets;

    private LabeledBatch(Tokens tokens, int[] targets) {
        this.tokens = tokens;
        this.targets = targets;
    }

    public static LabeledBatch of(Batch batch, Objective objective) {
        int length = batch.length();
        int[] targets = new int[batch.size() * length];
        List<Example> examples = batch.examples();
        for (int n = 0; n < examples.size(); n++) {
            objective.targets(examples.get(n).tokens(), examples.get(n).answerStart(), targets, n * length, length);
        }
        return new LabeledBatch(tokens(batch), targets);
    }

    /** The batch as a model reads it. */
    static Tokens tokens(Batch batch) {
        return new Tokens(batch.tokens(), batch.size(), batch.length());
    }

    public Tokens tokens() {
        return tokens;
    }

    /** [batch·pos]; not copied. */
    public int[] targets() {
        return targets;
    }

    /** Positions with a target. */
    int count() {
        int count = 0;
        for (int target : targets) {
            count += target == Objective.NONE ? 0 : 1;
        }
        return count;
    }

    LabeledBatch sequences(int from, int to) {
        int length = tokens.length();
        return new LabeledBatch(tokens.sequences(from, to), Arrays.copyOfRange(targets, from * length, to * length));
    }
}
