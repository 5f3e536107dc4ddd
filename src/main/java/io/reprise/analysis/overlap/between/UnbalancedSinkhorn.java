package io.reprise.analysis.overlap.between;

import java.util.Arrays;

/**
 * Entropic optimal transport whose marginals need not be met (Chizat et al. 2018, Scaling algorithms for unbalanced optimal
 * transport problems): argmin over Γ of ⟨Γ, M⟩ + λ KL(Γ1 | p) + λ KL(Γᵀ1 | q) + ε KL(Γ | p qᵀ), by potentials that are kept
 * between calls, since costs change little from one to the next. Costs up to 2 at ε = 0.01 make factors of e⁻²⁰⁰, well inside
 * double's range, so that sums need no logarithms.
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
        double[][] kernel = new double[p.length][q.length];
        double[][] transposed = new double[q.length][p.length];
        for (int u = 0; u < p.length; u++) {
            for (int v = 0; v < q.length; v++) {
                double factor = Math.exp(-cost[u][v] / epsilon);
                kernel[u][v] = q[v] * factor;
                transposed[v][u] = p[u] * factor;
            }
        }
        double moved = Double.POSITIVE_INFINITY;
        for (int iteration = 0; iteration < MOST_ITERATIONS && moved > STILL; iteration++) {
            double[] before = f.clone();
            update(f, g, kernel);
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

    private void update(double[] mine, double[] other, double[][] kernel) {
        double[] factors = Arrays.stream(other).map(g -> Math.exp(g / epsilon)).toArray();
        for (int i = 0; i < mine.length; i++) {
            mine[i] = -damping * epsilon * Math.log(Vectors.dot(kernel[i], factors));
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
        double sum = 0;
        for (int i = 0; i < potential.length; i++) {
            sum += masses[i] * Math.exp(-potential[i] / lambda);
        }
        return Math.log(sum);
    }
}
