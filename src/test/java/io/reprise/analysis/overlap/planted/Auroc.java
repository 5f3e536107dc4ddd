package io.reprise.analysis.overlap.planted;

import java.util.List;
import org.assertj.core.api.Assertions;

/** How well distances tell pairs of one algorithm from pairs of two: the chance that one of the first is smaller; ties count half. */
final class Auroc {
    private Auroc() {}

    /** Of things by their number. */
    interface Distance {
        double between(int i, int j);
    }

    /** @param algorithms of the things */
    static double of(List<String> algorithms, Distance distance) {
        double right = 0;
        double all = 0;
        double[][] distances = new double[algorithms.size()][algorithms.size()];
        for (int i = 0; i < algorithms.size(); i++) {
            for (int j = 0; j < i; j++) {
                distances[i][j] = distance.between(i, j);
                Assertions.assertThat(distances[i][j]).isFinite();
            }
        }
        for (int i = 0; i < algorithms.size(); i++) {
            for (int j = 0; j < i; j++) {
                for (int k = 0; k < algorithms.size(); k++) {
                    for (int l = 0; l < k; l++) {
                        if (same(algorithms, i, j) && !same(algorithms, k, l)) {
                            right += (1 + Math.signum(distances[k][l] - distances[i][j])) / 2;
                            all++;
                        }
                    }
                }
            }
        }
        return right / all;
    }

    private static boolean same(List<String> algorithms, int i, int j) {
        return algorithms.get(i).equals(algorithms.get(j));
    }
}
