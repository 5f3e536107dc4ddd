package io.reprise.backend.cpu;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/** Arrays of one thread that wait for their next use, by exact length. */
final class FreeArrays {
    /** Floats held back at most (128 MiB); lengths that are no longer in use must not fill the heap. */
    private static final long MOST = 32L << 20;

    private final Map<Integer, ArrayDeque<float[]>> byLength = new HashMap<>();
    private long held;

    /** An array with unspecified contents. */
    float[] take(int length) {
        ArrayDeque<float[]> free = byLength.get(length);
        float[] array = free == null ? null : free.pollLast();
        if (array == null) {
            return new float[length];
        }
        held -= length;
        return array;
    }

    void give(float[] array) {
        if (array.length > MOST) {
            return;
        }
        if (held + array.length > MOST) {
            byLength.clear();
            held = 0;
        }
        held += array.length;
        byLength.computeIfAbsent(array.length, length -> new ArrayDeque<>()).addLast(array);
    }

    /** Floats waiting. */
    long held() {
        return held;
    }
}
