package io.reprise.analysis.overlap.between;

import java.util.Optional;

/**
 * Fused unbalanced Gromov-Wasserstein transport of importance (Séjourné et al. 2021, The unbalanced Gromov Wasserstein distance;
 * Thual et al. 2022, Aligning individual brains with fused unbalanced Gromov Wasserstein), with KL divergences of the plan's
 * marginals themselves:
 *
 * <p>min over Γ of (1−α) ⟨Γ, 1−K⟩ + α Σ (A_uu' − B_vv')² Γ_uv Γ_u'v' + λ KL(Γ1 | p) + λ KL(Γᵀ1 | q) + ε KL(Γ | p qᵀ),
 *
 * <p>by generalised conditional gradients: the structure's gradient is a cost, the rest is an {@link UnbalancedSinkhorn} problem,
 * and a line search keeps every step a descent. The constants were fixed before any model was compared.
 */
final class FusedTransport {
    /** Components and their joints count alike. */
    static final double ALPHA = 0.5;

    /** A pair as unlike as can be (local cost ½) keeps a share exp(−½/2λ) = 1/e of its mass. */
    static final double LAMBDA = 0.25;

    /** A blur of a hundredth of the cost's range: percentiles of fewer than a hundred null pairs say no more. */
    static final double EPSILON = 0.01;

    private static final int MOST_STEPS = 300;

    /** Descents smaller than this end the search: far below any distance that is told, above double's rounding of the sums. */
    private static final double STILL = 1e-13;

    private final double[][] cost;
    private final Optional<double[][]> a;
    private final Optional<double[][]> b;
    private final double[] p;
    private final double[] q;

    /**
     * What moves.
     *
     * @param value of the minimised sum, the entropic term included
     */
    record Plan(Flows flows, double value) {}

    /** Γ: mass by pair. */
    static final class Flows {
        private final double[][] mass;

        private Flows(double[][] mass) {
            this.mass = mass;
        }

        double at(int u, int v) {
            return mass[u][v];
        }

        double total() {
            double sum = 0;
            for (double[] row : mass) {
                for (double m : row) {
                    sum += m;
                }
            }
            return sum;
        }
    }

    private FusedTransport(double[][] k, Optional<double[][]> a, Optional<double[][]> b, double[] p, double[] q) {
        boolean joined = a.isPresent() && b.isPresent();
        double share = joined ? 1 - ALPHA : 1;
        this.cost = new double[p.length][q.length];
        for (int u = 0; u < p.length; u++) {
            for (int v = 0; v < q.length; v++) {
                cost[u][v] = share * (1 - k[u][v]);
            }
        }
        this.a = joined ? a : Optional.empty();
        this.b = joined ? b : Optional.empty();
        this.p = p;
        this.q = q;
    }

    /**
     * The best of two starts: everything to everything, and the components alone, whatever their joints. Both follow the components
     * when these are reordered or the sides exchanged, as random starts would not.
     *
     * @param k similarities 0 to 1
     * @param a joints of one side; structure is left out unless both are given
     * @param b joints of the other
     * @param p masses of one side, positive
     * @param q masses of the other, positive
     */
    static Plan best(double[][] k, Optional<double[][]> a, Optional<double[][]> b, double[] p, double[] q) {
        FusedTransport problem = new FusedTransport(k, a, b, p, q);
        double[][] components = new UnbalancedSinkhorn(p, q, EPSILON, LAMBDA).plan(problem.cost);
        if (problem.a.isEmpty()) {
            return new Plan(new Flows(components), problem.value(components));
        }
        double[][] product = new double[p.length][q.length];
        for (int u = 0; u < p.length; u++) {
            for (int v = 0; v < q.length; v++) {
                product[u][v] = p[u] * q[v];
            }
        }
        Plan first = problem.descend(components);
        Plan second = problem.descend(product);
        return second.value() < first.value() ? second : first;
    }

    private Plan descend(double[][] start) {
        UnbalancedSinkhorn sinkhorn = new UnbalancedSinkhorn(p, q, EPSILON, LAMBDA);
        double[][] now = start;
        double value = value(now);
        for (int step = 0; step < MOST_STEPS; step++) {
            double[][] target = sinkhorn.plan(gradient(now));
            double before = value;
            for (double share = 1; share > 1e-4; share /= 2) {
                double[][] next = between(now, target, share);
                double reached = value(next);
                if (reached < value) {
                    now = next;
                    value = reached;
                    break;
                }
            }
            if (before - value <= STILL) {
                break;
            }
        }
        return new Plan(new Flows(now), value);
    }

    private double[][] gradient(double[][] plan) {
        double[][] joints = joints(plan);
        double[][] back = joints(plan, transposed(a.orElseThrow()), transposed(b.orElseThrow()));
        double[][] gradient = new double[p.length][q.length];
        for (int u = 0; u < p.length; u++) {
            for (int v = 0; v < q.length; v++) {
                gradient[u][v] = cost[u][v] + ALPHA * (joints[u][v] + back[u][v]);
            }
        }
        return gradient;
    }

    private double[][] joints(double[][] plan) {
        return joints(plan, a.orElseThrow(), b.orElseThrow());
    }

    /** Σ over u', v' of (A_uu' − B_vv')² Γ_u'v', the square multiplied out (Peyré et al. 2016, proposition 1). */
    private static double[][] joints(double[][] plan, double[][] a, double[][] b) {
        double[] rows = rowSums(plan);
        double[] columns = rowSums(transposed(plan));
        double[][] half = new double[rows.length][columns.length];
        for (int u = 0; u < rows.length; u++) {
            for (int from = 0; from < rows.length; from++) {
                for (int v = 0; v < columns.length; v++) {
                    half[u][v] += a[u][from] * plan[from][v];
                }
            }
        }
        double[][] joints = new double[rows.length][columns.length];
        for (int u = 0; u < rows.length; u++) {
            double mine = squares(a[u], rows);
            for (int v = 0; v < columns.length; v++) {
                joints[u][v] = mine + squares(b[v], columns) - 2 * Vectors.dot(half[u], b[v]);
            }
        }
        return joints;
    }

    private double value(double[][] plan) {
        double value = LAMBDA * (divergence(rowSums(plan), p) + divergence(rowSums(transposed(plan)), q));
        double[][] joints = a.isPresent() ? joints(plan) : new double[p.length][q.length];
        for (int u = 0; u < p.length; u++) {
            for (int v = 0; v < q.length; v++) {
                double mass = plan[u][v];
                value += mass * (cost[u][v] + ALPHA * joints[u][v]) + EPSILON * divergence(mass, p[u] * q[v]);
            }
        }
        return value;
    }

    private static double divergence(double[] masses, double[] reference) {
        double sum = 0;
        for (int i = 0; i < masses.length; i++) {
            sum += divergence(masses[i], reference[i]);
        }
        return sum;
    }

    /** Of unnormalised masses: x log(x/y) − x + y. */
    private static double divergence(double x, double y) {
        return x > 0 ? x * Math.log(x / y) - x + y : y;
    }

    private static double squares(double[] joints, double[] masses) {
        double sum = 0;
        for (int i = 0; i < joints.length; i++) {
            sum += joints[i] * joints[i] * masses[i];
        }
        return sum;
    }

    private static double[] rowSums(double[][] m) {
        double[] sums = new double[m.length];
        for (int i = 0; i < m.length; i++) {
            for (double x : m[i]) {
                sums[i] += x;
            }
        }
        return sums;
    }

    private static double[][] transposed(double[][] m) {
        double[][] t = new double[m[0].length][m.length];
        for (int i = 0; i < m.length; i++) {
            for (int j = 0; j < m[i].length; j++) {
                t[j][i] = m[i][j];
            }
        }
        return t;
    }

    private static double[][] between(double[][] from, double[][] to, double share) {
        double[][] mixed = new double[from.length][from[0].length];
        for (int i = 0; i < from.length; i++) {
            for (int j = 0; j < from[i].length; j++) {
                mixed[i][j] = from[i][j] + share * (to[i][j] - from[i][j]);
            }
        }
        return mixed;
    }
}
