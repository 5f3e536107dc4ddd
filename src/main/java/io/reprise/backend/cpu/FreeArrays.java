package io.reprise.backend.cpu;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Arrays of one thread that wait for their next use, by exact length. */
final class FreeArrays {
    /** Floats held back at most (128 MiB); lengths that are no longer in use must not fill the heap. */
    private static final long MOST = 32L << 20;

    /** In order of their last use. */
    private final Map<Integer, ArrayDeque<float[]>> byLength = new LinkedHashMap<>(64, 0.75f, true);

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

    /** Where there is no room, arrays go whose length hasn't been in use for longest. */
    void give(float[] array) {
        if (array.length > MOST) {
            return;
        }
        byLength.computeIfAbsent(array.length, length -> new ArrayDeque<>()).addLast(array);
        held += array.length;
        Iterator<ArrayDeque<float[]>> oldest = byLength.values().iterator();
        while (held > MOST) {
            ArrayDeque<float[]> free = oldest.next();
            while (held > MOST && !free.isEmpty()) {
                held -= free.removeFirst().length;
            }
            if (free.isEmpty()) {
                oldest.remove();
            }
        }
    }

    /** Floats waiting. */
    long held() {
        return held;
    }
}
