package io.reprise.analysis.relation;

import java.util.Arrays;
import org.apache.commons.math3.linear.RealMatrix;

/** Matrices as files hold them: row-major. */
public final class Rows {
    private Rows() {}

    /** Row-major. */
    public static double[] flat(RealMatrix matrix) {
        int columns = matrix.getColumnDimension();
        double[] values = new double[Math.multiplyExact(matrix.getRowDimension(), columns)];
        for (int i = 0; i < matrix.getRowDimension(); i++) {
            System.arraycopy(matrix.getRow(i), 0, values, i * columns, columns);
        }
        return values;
    }

    /** The rows, each an array of its own. */
    public static double[][] of(double[] values, int rows, int columns) {
        double[][] matrix = new double[rows][];
        for (int i = 0; i < rows; i++) {
            matrix[i] = Arrays.copyOfRange(values, i * columns, (i + 1) * columns);
        }
        return matrix;
    }
}
