package io.reprise.analysis.circuit.roles;

/**
 * When a head has a role: its score is above the null's quantile {@code level}, and it is at least {@code least} of the way from
 * the null's mean to 1. Of several such roles it has the one where it is furthest on that way. Without {@code least} any trained
 * head would have one: attention of random weights is so near uniform that its null is very narrow.
 *
 * @param twins models with random weights behind the null
 * @param level of the null, per head and role: a head of random weights has a role with probability at most 1 - level per role
 * @param least share of the way, 0 to 1
 */
public record RoleRule(int twins, double level, double least) {
    public RoleRule {
        if (twins < 1 || !(level > 0 && level < 1) || !(least >= 0 && least <= 1)) {
            throw new IllegalArgumentException("twins = " + twins + ", level = " + level + ", least = " + least
                    + "; expected 1 twin or more, a level between 0 and 1, and least from 0 to 1");
        }
    }

    public static RoleRule defaults() {
        return new RoleRule(100, 0.99, 0.2);
    }

    /** @throws IllegalArgumentException if a layer's null has too few heads to tell the level */
    public void requireEnough(int nHeads) {
        long draws = (long) twins * nHeads;
        if (1.0 / (draws + 1) > 1 - level + 1e-12) { // 1 - 0.99 is a little above 0.01
            throw new IllegalArgumentException("twins = " + twins + " of " + nHeads + " heads a layer are " + draws
                    + " draws, too few for level = " + level + "; take at least "
                    + (long) Math.ceil((1 / (1 - level) - 1) / nHeads) + " twins");
        }
    }
}
