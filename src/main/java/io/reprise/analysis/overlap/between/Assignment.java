package io.reprise.analysis.overlap.between;

import java.util.Arrays;

/**
 * The cheapest one-to-one assignment (Kuhn 1955, Munkres 1957), by shortest augmenting paths with potentials in O(n²m) (Jonker and
 * Volgenant 1987).
 */
public final class Assignment {
    private Assignment() {}

    /**
     * @param cost [row][column], finite, no more rows than columns
     * @return the column of each row
     */
    public static int[] cheapest(double[][] cost) {
        int rows = cost.length;
        int columns = rows == 0 ? 0 : cost[0].length;
        if (rows > columns) {
            throw new IllegalArgumentException(
                    rows + " rows can't each have one of " + columns + " columns; transpose the costs");
        }
        double[] rowPotential = new double[rows + 1];
        double[] columnPotential = new double[columns + 1];
        int[] rowOf = new int[columns + 1]; // rows counted from 1; column 0 holds the row that is being assigned
        for (int row = 1; row <= rows; row++) {
            rowOf[0] = row;
            int[] cameFrom = augment(cost, rowPotential, columnPotential, rowOf);
            int column = cameFrom[columns + 1];
            while (column != 0) {
                rowOf[column] = rowOf[cameFrom[column]];
                column = cameFrom[column];
            }
        }
        int[] columnOf = new int[rows];
        for (int column = 1; column <= columns; column++) {
            if (rowOf[column] > 0) {
                columnOf[rowOf[column] - 1] = column - 1;
            }
        }
        return columnOf;
    }

    /** Dijkstra's shortest path of reduced costs from column 0 to a free column: where each came from, then which it is. */
    private static int[] augment(double[][] cost, double[] rowPotential, double[] columnPotential, int[] rowOf) {
        int columns = columnPotential.length - 1;
        double[] slack = new double[columns + 1];
        Arrays.fill(slack, Double.POSITIVE_INFINITY);
        boolean[] reached = new boolean[columns + 1];
        int[] cameFrom = new int[columns + 2];
        int at = 0;
        while (rowOf[at] != 0) {
            reached[at] = true;
            int row = rowOf[at];
            int next = 0;
            double step = Double.POSITIVE_INFINITY;
            for (int column = 1; column <= columns; column++) {
                if (reached[column]) {
                    continue;
                }
                double reduced = cost[row - 1][column - 1] - rowPotential[row] - columnPotential[column];
                if (reduced < slack[column]) {
                    slack[column] = reduced;
                    cameFrom[column] = at;
                }
                if (slack[column] < step) {
                    step = slack[column];
                    next = column;
                }
            }
            if (next == 0) {
                throw new IllegalArgumentException("a cost is not a finite number");
            }
            for (int column = 0; column <= columns; column++) {
                if (reached[column]) {
                    rowPotential[rowOf[column]] += step;
                    columnPotential[column] -= step;
                } else {
                    slack[column] -= step;
                }
            }
            at = next;
        }
        cameFrom[columns + 1] = at;
        return cameFrom;
    }

    /**
     * The one-to-one matching of greatest gain in which a component may also stay alone (with a dummy), which gains nothing.
     *
     * @param gain [row][column], finite
     * @return the column of each row, or −1
     */
    public static int[] withDummies(double[][] gain) {
        int rows = gain.length;
        int columns = gain[0].length;
        double[][] cost = new double[rows][columns + rows];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                cost[i][j] = -gain[i][j];
            }
        }
        return Arrays.stream(cheapest(cost))
                .map(column -> column < columns ? column : -1)
                .toArray();
    }
}
