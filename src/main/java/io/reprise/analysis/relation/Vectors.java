package io.reprise.analysis.relation;

import java.util.List;

/** Sums of vectors of one length. */
public final class Vectors {
    private Vectors() {}

    /** a + scale·b. */
    public static double[] plus(double[] a, double scale, double[] b) {
        double[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += scale * b[i];
        }
        return sum;
    }

    public static double[] scaled(double[] a, double scale) {
        return plus(new double[a.length], scale, a);
    }

    public static double norm(double[] a) {
        double squares = 0;
        for (double v : a) {
            squares += v * v;
        }
        return Math.sqrt(squares);
    }

    public static double[] mean(List<double[]> rows) {
        double[] sum = new double[rows.get(0).length];
        for (double[] row : rows) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += row[i];
            }
        }
        return scaled(sum, 1.0 / rows.size());
    }

    /** {@code a} made as long as {@code length}; a zero vector can't be and is refused. */
    public static double[] ofLength(double[] a, double length, String name) {
        double norm = norm(a);
        if (norm == 0) {
            throw new IllegalArgumentException(name + " is zero and has no direction");
        }
        return scaled(a, length / norm);
    }
}
