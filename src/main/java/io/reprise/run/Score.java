package io.reprise.run;

/**
 * One accuracy with everything that keeps it from flattering.
 *
 * @param split train | validation | test | held_out …
 * @param kind determined | seen | unseen | whole_answer | position 3 | rule +2 …
 * @param correct right predictions
 * @param total predictions counted
 * @param low 95% interval, lower end
 * @param high 95% interval, upper end
 * @param ceiling enumerated Bayes ceiling, NaN if it was not computed
 * @param bigram accuracy of the bigram table counted from the training set, at the same positions
 * @param trigram accuracy of the trigram table
 */
public record Score(
        String split,
        String kind,
        long correct,
        long total,
        double low,
        double high,
        double ceiling,
        double bigram,
        double trigram) {
    /** correct/total, NaN if nothing was counted. */
    public double accuracy() {
        return total == 0 ? Double.NaN : (double) correct / total;
    }
}
