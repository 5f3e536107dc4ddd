package io.reprise.analysis.overlap.between;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.tensor.Rng;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AssignmentTest {
    @Test
    void isAsCheapAsTheCheapestOfAllAssignments() {
        Rng rng = Rng.of(1);
        for (int trial = 0; trial < 300; trial++) {
            int rows = 1 + rng.nextInt(6);
            int columns = rows + rng.nextInt(7 - rows);
            double[][] cost = new double[rows][columns];
            for (double[] row : cost) {
                // few values, negative ones too, so that there are ties
                Arrays.setAll(row, i -> rng.nextInt(7) - 3 + (rng.nextInt(2) == 0 ? rng.nextDouble() : 0));
            }
            int[] columnOf = Assignment.cheapest(cost);
            assertThat(Arrays.stream(columnOf).distinct().count()).isEqualTo(rows);
            double sum = 0;
            for (int i = 0; i < rows; i++) {
                sum += cost[i][columnOf[i]];
            }
            // sums of at most six numbers below 4
            assertThat(sum).isCloseTo(cheapest(cost, 0, new boolean[columns]), within(1e-12));
        }
    }

    @Test
    void whoGainsNothingStaysAlone() {
        Rng rng = Rng.of(2);
        for (int trial = 0; trial < 300; trial++) {
            int columns = 1 + rng.nextInt(5);
            double[][] gain = new double[1 + rng.nextInt(5)][columns];
            for (double[] row : gain) {
                Arrays.setAll(row, i -> rng.nextDouble() - 0.5);
            }
            int[] columnOf = Assignment.withDummies(gain);
            double sum = 0;
            for (int i = 0; i < gain.length; i++) {
                if (columnOf[i] >= 0) {
                    assertThat(gain[i][columnOf[i]]).isGreaterThanOrEqualTo(0);
                    sum += gain[i][columnOf[i]];
                }
            }
            assertThat(sum).isCloseTo(greatest(gain, 0, new boolean[columns]), within(1e-12));
        }
    }

    @Test
    void moreRowsThanColumnsAreRefused() {
        assertThatThrownBy(() -> Assignment.cheapest(new double[3][2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 rows");
        assertThatThrownBy(() -> Assignment.cheapest(new double[][] {{Double.NaN}}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("finite");
    }

    private static double cheapest(double[][] cost, int row, boolean[] taken) {
        if (row == cost.length) {
            return 0;
        }
        double best = Double.POSITIVE_INFINITY;
        for (int column = 0; column < taken.length; column++) {
            if (!taken[column]) {
                taken[column] = true;
                best = Math.min(best, cost[row][column] + cheapest(cost, row + 1, taken));
                taken[column] = false;
            }
        }
        return best;
    }

    private static double greatest(double[][] gain, int row, boolean[] taken) {
        if (row == gain.length) {
            return 0;
        }
        double best = greatest(gain, row + 1, taken);
        for (int column = 0; column < taken.length; column++) {
            if (!taken[column]) {
                taken[column] = true;
                best = Math.max(best, gain[row][column] + greatest(gain, row + 1, taken));
                taken[column] = false;
            }
        }
        return best;
    }
}
