package io.reprise.analysis.overlap.between;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FusedTransportTest {
    private static final Optional<double[][]> NO_EDGES = Optional.empty();

    /** One component on either side: cost·m + (2λ + ε)(m log m − m + 1) is least at m = exp(−cost/(2λ + ε)). */
    @Test
    void aSinglePairKeepsTheMassThatPaperSays() {
        double[] one = {1};
        double weight = 2 * FusedTransport.LAMBDA + FusedTransport.EPSILON;
        for (double similarity : new double[] {0, 0.3, 0.5, 1}) {
            FusedTransport.Plan plan = FusedTransport.best(new double[][] {{similarity}}, NO_EDGES, NO_EDGES, one, one);
            double mass = Math.exp(-(1 - similarity) / weight);
            // the solver's own stopping rule
            assertThat(plan.flows().total()).isCloseTo(mass, within(1e-8));
            assertThat(plan.value()).isCloseTo(weight * (1 - mass), within(1e-10));
        }
    }

    @Test
    void likeGoesToLikeAndWhatHasNoLikenessStays() {
        double[][] similarity = {{0, 1, 0}, {1, 0, 0}, {0, 0, 0}};
        double[] masses = {0.4, 0.4, 0.2};
        FusedTransport.Flows flows = FusedTransport.best(similarity, NO_EDGES, NO_EDGES, masses, masses)
                .flows();
        assertThat(flows.at(0, 1)).isCloseTo(0.4, within(0.02));
        assertThat(flows.at(1, 0)).isCloseTo(0.4, within(0.02));
        // exp(−1/2λ) = e⁻² of it, spread by the entropy: the cost of the pair is 1 without edges
        assertThat(flows.at(2, 2)).isLessThan(0.2 * 0.15);
    }

    /** Three components that look all alike; only their joints (a chain with one strong link) tell which is which. */
    @Test
    void jointsDecideWhereLooksDoNot() {
        double[][] chain = {{0, 1, 0}, {0, 0, 0.3}, {0, 0, 0}};
        int[] order = {2, 0, 1};
        double[][] moved = new double[3][3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                moved[order[i]][order[j]] = chain[i][j];
            }
        }
        double[][] alike = {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}};
        double[] p = {0.5, 0.3, 0.2};
        double[] q = {0.3, 0.2, 0.5};
        FusedTransport.Flows flows = FusedTransport.best(alike, Optional.of(chain), Optional.of(moved), p, q)
                .flows();
        for (int i = 0; i < 3; i++) {
            assertThat(flows.at(i, order[i])).isGreaterThan(0.8 * p[i]);
        }
    }

    @Test
    void noPlanNearbyIsBetter() {
        Rng rng = Rng.of(3);
        double[][] k = random(4, 3, rng);
        double[][] a = random(4, 4, rng);
        double[][] b = random(3, 3, rng);
        double[] p = {0.4, 0.3, 0.2, 0.1};
        double[] q = {0.5, 0.3, 0.2};
        FusedTransport.Plan plan = FusedTransport.best(k, Optional.of(a), Optional.of(b), p, q);
        double[][] gamma = new double[4][3];
        for (int u = 0; u < 4; u++) {
            for (int v = 0; v < 3; v++) {
                gamma[u][v] = plan.flows().at(u, v);
            }
        }
        // the formula written out, with both sums over pairs of pairs
        assertThat(plan.value()).isCloseTo(value(gamma, k, a, b, p, q), within(1e-12));
        for (int trial = 0; trial < 200; trial++) {
            double[][] other = new double[4][3];
            for (int u = 0; u < 4; u++) {
                for (int v = 0; v < 3; v++) {
                    other[u][v] = gamma[u][v] * Math.exp(0.02 * rng.nextGaussian());
                }
            }
            assertThat(value(other, k, a, b, p, q)).isGreaterThan(plan.value());
        }
    }

    /** A head split into two halves of equal looks is not far from the whole; a one-to-one matching would lose one of them. */
    @Test
    void aSplitComponentIsNotFar() {
        double[][] k = {{1, 1, 0}, {0, 0, 1}};
        double[] whole = {0.6, 0.4};
        double[] split = {0.3, 0.3, 0.4};
        FusedTransport.Plan plan = FusedTransport.best(k, NO_EDGES, NO_EDGES, whole, split);
        assertThat(plan.flows().total()).isGreaterThan(0.97);
    }

    private static double value(double[][] gamma, double[][] k, double[][] a, double[][] b, double[] p, double[] q) {
        double features = 0;
        double joints = 0;
        double entropy = 0;
        double[] rows = new double[p.length];
        double[] columns = new double[q.length];
        for (int u = 0; u < p.length; u++) {
            for (int v = 0; v < q.length; v++) {
                features += gamma[u][v] * (1 - k[u][v]);
                entropy += gamma[u][v] * Math.log(gamma[u][v] / (p[u] * q[v])) - gamma[u][v] + p[u] * q[v];
                rows[u] += gamma[u][v];
                columns[v] += gamma[u][v];
                for (int s = 0; s < p.length; s++) {
                    for (int t = 0; t < q.length; t++) {
                        joints += Math.pow(a[u][s] - b[v][t], 2) * gamma[u][v] * gamma[s][t];
                    }
                }
            }
        }
        double marginals = 0;
        for (int u = 0; u < p.length; u++) {
            marginals += rows[u] * Math.log(rows[u] / p[u]) - rows[u] + p[u];
        }
        for (int v = 0; v < q.length; v++) {
            marginals += columns[v] * Math.log(columns[v] / q[v]) - columns[v] + q[v];
        }
        return (1 - FusedTransport.ALPHA) * features
                + FusedTransport.ALPHA * joints
                + FusedTransport.LAMBDA * marginals
                + FusedTransport.EPSILON * entropy;
    }

    private static double[][] random(int rows, int columns, Rng rng) {
        double[][] m = new double[rows][columns];
        for (double[] row : m) {
            Arrays.setAll(row, i -> rng.nextDouble());
        }
        return m;
    }
}
