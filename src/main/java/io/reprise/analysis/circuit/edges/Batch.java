package io.reprise.analysis.circuit.edges;

import io.reprise.backend.Backend;
import io.reprise.data.PromptPair;
import io.reprise.model.Tokens;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Prompts of one length that go through the model together, and what an edited edge carries there instead.
 *
 * <p>Values have as many rows as the prompts, or fewer that repeat: one per position for means, one for zero.
 */
final class Batch {
    private final Backend backend;
    private final List<PromptPair> pairs;
    private final Tokens tokens;
    private final Optional<int[]> rows;
    /** By {@link Slots}; of what senders write the negative, for differences. */
    private final Tensor[] other;

    /**
     * @param tokens of the run that is edited
     * @param rows where; empty for everywhere
     */
    Batch(Backend backend, List<PromptPair> pairs, Tokens tokens, Optional<int[]> rows, Tensor[] other) {
        this.backend = backend;
        this.pairs = pairs;
        this.tokens = tokens;
        this.rows = rows;
        this.other = other;
    }

    List<PromptPair> pairs() {
        return pairs;
    }

    Tokens tokens() {
        return tokens;
    }

    /** Whether edits change anything here. */
    boolean isEdited() {
        return rows.map(some -> some.length > 0).orElse(true);
    }

    /** What a receiver reads if all edges into it are edited: [rows, d_model]; {@code live} elsewhere. */
    Tensor ablated(int slot, Tensor live) {
        Tensor all = backend.add(backend.zeros(live.shape()), other[slot]);
        if (rows.isEmpty()) {
            return all;
        }
        boolean[] edited = new boolean[tokens.rows()];
        Arrays.stream(rows.get()).forEach(row -> edited[row] = true);
        int[] elsewhere =
                IntStream.range(0, edited.length).filter(row -> !edited[row]).toArray();
        Tensor mixture = backend.zeros(live.shape());
        backend.embedPullback(rows.get(), backend.rows(all, rows.get()), mixture);
        backend.embedPullback(elsewhere, backend.rows(live, elsewhere), mixture);
        return mixture;
    }

    /** What a sender writes less what takes its place; 0 where nothing is edited. */
    Tensor difference(int slot, Tensor live) {
        Tensor all = backend.add(live, other[slot]);
        if (rows.isEmpty()) {
            return all;
        }
        Tensor some = backend.zeros(live.shape());
        backend.embedPullback(rows.get(), backend.rows(all, rows.get()), some);
        return some;
    }

    /** [1, 1], for weighted sums. */
    static Tensor scalar(Backend backend, double value) {
        return backend.upload(Shape.of(1, 1), new double[] {value});
    }
}
