package io.reprise.analysis.overlap.between;

import java.util.Arrays;

/**
 * Entropic optimal transport whose marginals need not be met (Chizat et al. 2018, Scaling algorithms for unbalanced optimal
 * transport problems): argmin over Γ of ⟨Γ, M⟩ + λ KL(Γ1 | p) + λ KL(Γᵀ1 | q) + ε KL(Γ | p qᵀ), in logarithms. Potentials are kept
 * between calls, since costs change little from one to the next.
 */
final class UnbalancedSinkhorn {
    /** In units of cost; a potential this still moves masses by a factor of 1 + 1e-12/ε. */
    private static final double STILL = 1e-12;

    /** The iteration contracts by λ/(λ+ε) at least; enough for that factor up to 0.99. */
    private static final int MOST_ITERATIONS = 3000;

    private final double[] p;
    private final double[] q;
    private final double epsilon;
    private final double damping;
    private final double[] f;
    private final double[] g;

    /** @param p and {@code q}: positive */
    UnbalancedSinkhorn(double[] p, double[] q, double epsilon, double lambda) {
        this.p = p;
        this.q = q;
        this.epsilon = epsilon;
        this.damping = lambda / (lambda + epsilon);
        this.f = new double[p.length];
        this.g = new double[q.length];
    }

    double[][] plan(double[][] cost) {
        double moved = Double.POSITIVE_INFINITY;
        for (int iteration = 0; iteration < MOST_ITERATIONS && moved > STILL; iteration++) {
            moved = 0;
            for (int u = 0; u < f.length; u++) {
                double[] terms = new double[g.length];
                for (int v = 0; v < g.length; v++) {
                    terms[v] = Math.log(q[v]) + (g[v] - cost[u][v]) / epsilon;
                }
                double next = -damping * epsilon * logSum(terms);
                moved = Math.max(moved, Math.abs(next - f[u]));
                f[u] = next;
            }
            for (int v = 0; v < g.length; v++) {
                double[] terms = new double[f.length];
                for (int u = 0; u < f.length; u++) {
                    terms[u] = Math.log(p[u]) + (f[u] - cost[u][v]) / epsilon;
                }
                double next = -damping * epsilon * logSum(terms);
                moved = Math.max(moved, Math.abs(next - g[v]));
                g[v] = next;
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

    private static double logSum(double[] terms) {
        double top = Arrays.stream(terms).max().orElseThrow();
        double sum = 0;
        for (double term : terms) {
            sum += Math.exp(term - top);
        }
        return top + Math.log(sum);
    }
}
