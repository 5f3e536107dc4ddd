package io.reprise.weights;

import io.reprise.tensor.Shape;

/** Rows of a tensor that someone asks for. */
final class RowRange {
    private RowRange() {}

    /**
     * @return how many elements rows [from, to) have
     * @throws IllegalArgumentException if the tensor doesn't have them, or an array of {@code length} no place from {@code
     *     offset} on
     */
    static int check(String name, Shape shape, int from, int to, int length, int offset) {
        if (from < 0 || to < from || to > shape.rows()) {
            throw new IllegalArgumentException("rows " + from + ".." + to + " of tensor \"" + name + "\" " + shape
                    + ", which has " + shape.rows());
        }
        int count = (to - from) * shape.columns();
        if (offset < 0 || count > length - offset) {
            throw new IllegalArgumentException(count + " values of tensor \"" + name + "\" don't fit an array of "
                    + length + " from " + offset + " on");
        }
        return count;
    }
}
