package io.reprise.analysis.lens;

/** A number of each cell. */
public enum Statistic {
    /** Logit of the model's own guess. */
    LOGIT("logit of the model's guess"),
    /** Probability of the model's own guess. */
    PROBABILITY("probability of the model's guess"),
    /** Rank of the model's own guess, 1 is best. */
    RANK("rank of the model's guess (1 is best)"),
    /** KL(model ‖ row). */
    KL("KL(model ‖ row), nats"),
    /** Entropy of the row's distribution. */
    ENTROPY("entropy, nats");

    private final String words;

    Statistic(String words) {
        this.words = words;
    }

    /** With its unit. */
    public String words() {
        return words;
    }

    public double of(Cell cell) {
        return switch (this) {
            case LOGIT -> cell.guess().logit();
            case PROBABILITY -> cell.guess().probability();
            case RANK -> cell.guess().rank();
            case KL -> cell.kl();
            case ENTROPY -> cell.entropy();
        };
    }
}
