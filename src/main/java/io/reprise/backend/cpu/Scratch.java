package io.reprise.backend.cpu;

/** Working memory of one thread, grown as needed and never cleared. */
public final class Scratch {
    private static final int SLOTS = 6;

    private final float[][] buffers = new float[SLOTS][];
    private float[][] rows = new float[0][];

    /** Slot for a product's packed operand. */
    public static final int PACKED = 0;
    /** Slot for a tile or a row's tail. */
    public static final int TILE = 1;
    /** Slots for callers of kernels. */
    public static final int CALLER = 2;

    /** At least {@code size} floats with unspecified contents; the same array until the slot is asked for more. */
    public float[] floats(int slot, int size) {
        float[] buffer = buffers[slot];
        if (buffer == null || buffer.length < size) {
            buffer = new float[size];
            buffers[slot] = buffer;
        }
        return buffer;
    }

    /** At least {@code count} rows of at least {@code length} floats. */
    public float[][] rows(int count, int length) {
        if (rows.length < count || (count > 0 && rows[0].length < length)) {
            rows = new float[Math.max(count, rows.length)][length];
        }
        return rows;
    }
}
