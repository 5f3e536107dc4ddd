package io.reprise.analysis.overlap.between;

import java.util.Arrays;

/**
 * Entropic optimal transport whose marginals need not be met (Chizat et al. 2018, Scaling algorithms for unbalanced optimal
 * transport problems): argmin over Γ of ⟨Γ, M⟩ + λ KL(Γ1 | p) + λ KL(Γᵀ1 | q) + ε KL(Γ | p qᵀ), in logarithms. Potentials are kept
 * between calls, since costs change little from one to the next.
 */
final class UnbalancedSinkhorn {
    /** In units of cost. Potentials this far from their end leave the minimised sum, flat there, at double's rounding. */
    private static final double STILL = 1e-10;

    /** The iteration contracts by λ/(λ+ε) at least; enough for that factor up to 0.99. */
    private static final int MOST_ITERATIONS = 3000;

    private final double[] p;
    private final double[] q;
    private final double epsilon;
    private final double lambda;
    private final double damping;
    private final double[] f;
    private final double[] g;

    /** @param p and {@code q}: positive */
    UnbalancedSinkhorn(double[] p, double[] q, double epsilon, double lambda) {
        this.p = p;
        this.q = q;
        this.epsilon = epsilon;
        this.lambda = lambda;
        this.damping = lambda / (lambda + epsilon);
        this.f = new double[p.length];
        this.g = new double[q.length];
    }

    double[][] plan(double[][] cost) {
        double[][] scaled = new double[p.length][q.length];
        double[][] transposed = new double[q.length][p.length];
        for (int u = 0; u < p.length; u++) {
            for (int v = 0; v < q.length; v++) {
                scaled[u][v] = Math.log(q[v]) - cost[u][v] / epsilon;
                transposed[v][u] = Math.log(p[u]) - cost[u][v] / epsilon;
            }
        }
        double moved = Double.POSITIVE_INFINITY;
        for (int iteration = 0; iteration < MOST_ITERATIONS && moved > STILL; iteration++) {
            double[] before = f.clone();
            update(f, g, scaled);
            update(g, f, transposed);
            translate();
            moved = 0;
            for (int u = 0; u < f.length; u++) {
                moved = Math.max(moved, Math.abs(f[u] - before[u]));
            }
        }
        double[][] plan = new double[p.length][q.length];
        for (int u = 0; u < p.length; u++) {
            for (int v = 0; v < q.length; v++) {
                plan[u][v] = p[u] * q[v] * Math.exp((f[u] + g[v] - cost[u][v]) / epsilon);
            }
        }
        return plan;
    }

    private void update(double[] mine, double[] other, double[][] scaled) {
        double[] terms = new double[other.length];
        for (int i = 0; i < mine.length; i++) {
            for (int j = 0; j < other.length; j++) {
                terms[j] = scaled[i][j] + other[j] / epsilon;
            }
            mine[i] = -damping * epsilon * logSum(terms);
        }
    }

    /**
     * Moves a constant from one potential to the other, to where the dual is largest (Séjourné et al. 2022, Faster unbalanced
     * optimal transport: translation invariant Sinkhorn): alternating updates alone do that slowest of all.
     */
    private void translate() {
        double shift = lambda / 2 * (marginal(f, p) - marginal(g, q));
        for (int u = 0; u < f.length; u++) {
            f[u] += shift;
        }
        for (int v = 0; v < g.length; v++) {
            g[v] -= shift;
        }
    }

    private double marginal(double[] potential, double[] masses) {
        double[] terms = new double[potential.length];
        for (int i = 0; i < terms.length; i++) {
            terms[i] = Math.log(masses[i]) - potential[i] / lambda;
        }
        return logSum(terms);
    }

    private static double logSum(double[] terms) {
        double top = Arrays.stream(terms).max().orElseThrow();
        double sum = 0;
        for (double term : terms) {
            sum += Math.exp(term - top);
        }
        return top + Math.log(sum);
    }
}
