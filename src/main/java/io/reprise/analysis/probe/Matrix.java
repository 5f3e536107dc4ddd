package io.reprise.analysis.probe;

/** Rows of numbers, row-major; float64 on the host. */
final class Matrix {
    private final int rows;
    private final int columns;
    private final double[] data;

    /** @param data [rows·columns]; not copied */
    Matrix(int rows, int columns, double[] data) {
        if (data.length != rows * columns) {
            throw new IllegalArgumentException(data.length + " numbers for " + rows + " rows of " + columns);
        }
        this.rows = rows;
        this.columns = columns;
        this.data = data;
    }

    static Matrix zeros(int rows, int columns) {
        return new Matrix(rows, columns, new double[rows * columns]);
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    /** Not copied. */
    double[] data() {
        return data;
    }

    double at(int row, int column) {
        return data[row * columns + column];
    }

    /** The given rows, copied in that order. */
    Matrix pick(int[] wanted, int from, int to) {
        Matrix picked = zeros(to - from, columns);
        for (int i = from; i < to; i++) {
            System.arraycopy(data, wanted[i] * columns, picked.data, (i - from) * columns, columns);
        }
        return picked;
    }
}
