package io.reprise.track;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** MLflow's limits per request: items, and one megabyte. */
final class Batches {
    static final int METRICS = 1000;
    static final int PARAMS = 100;
    static final int TAGS = 100;

    /** Leaves room for the request's frame. */
    private static final int BYTES = 900_000;

    private Batches() {}

    /** @param characters of one item; each may take six bytes in JSON (an escape), and fifty more frame it */
    static <T> List<List<T>> split(List<T> items, int count, ToIntFunction<T> characters) {
        List<List<T>> batches = new ArrayList<>();
        List<T> batch = new ArrayList<>();
        int bytes = 0;
        for (T item : items) {
            int size = 6 * characters.applyAsInt(item) + 50;
            if (!batch.isEmpty() && (batch.size() == count || bytes + size > BYTES)) {
                batches.add(List.copyOf(batch));
                batch.clear();
                bytes = 0;
            }
            batch.add(item);
            bytes += size;
        }
        if (!batch.isEmpty()) {
            batches.add(List.copyOf(batch));
        }
        return batches;
    }
}
