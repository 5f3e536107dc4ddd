package io.reprise.stats;

/**
 * A share of right answers whose trials come in clusters (the positions of one sequence) that are not independent. The 95%
 * interval is Wilson's with an effective number of trials: n divided by the design effect of the ratio estimator (Kish 1965,
 * section 5.4), and the number of clusters where all trials agree and no effect can be estimated.
 */
public final class ClusteredProportion {
    private static final double Z = 1.959963984540054; // 97.5% quantile of the standard normal

    private long correct;
    private long total;
    private long clusters;
    private double sumSquaredCorrect;
    private double sumSquaredTotal;
    private double sumProduct;

    /** Clusters without trials are passed over. */
    public void addCluster(long correctTrials, long trials) {
        if (correctTrials < 0 || correctTrials > trials) {
            throw new IllegalArgumentException(correctTrials + " of " + trials + " trials cannot be correct");
        }
        if (trials == 0) {
            return;
        }
        clusters++;
        correct += correctTrials;
        total += trials;
        sumSquaredCorrect += (double) correctTrials * correctTrials;
        sumSquaredTotal += (double) trials * trials;
        sumProduct += (double) correctTrials * trials;
    }

    public long correct() {
        return correct;
    }

    public long total() {
        return total;
    }

    /** Trials that independent sampling would need for the same precision. */
    public double effectiveTrials() {
        double p = (double) correct / total;
        // Σ (x_c − p·n_c)², the between-cluster variation of the ratio estimator
        double residual = sumSquaredCorrect - 2 * p * sumProduct + p * p * sumSquaredTotal;
        if (clusters < 2 || !(residual > 0) || p == 0 || p == 1) {
            return clusters;
        }
        double variance = residual / total / total * clusters / (clusters - 1);
        return Math.min((double) total, p * (1 - p) / variance);
    }

    /** Needs at least one trial. */
    public Interval interval() {
        double n = effectiveTrials();
        double p = (double) correct / total;
        double centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
        double half = Z / (1 + Z * Z / n) * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
        return new Interval(p == 0 ? 0 : Math.max(0, centre - half), p == 1 ? 1 : Math.min(1, centre + half));
    }
}
