package io.reprise.analysis.relation;

import io.reprise.model.ModelConfig;

/**
 * What an operator leads from and to.
 *
 * @param from where h is, at the subject's last token
 * @param to where z is, at the prompt's last token; above {@code from}
 */
public record Ends(End from, End to) {
    public Ends {
        if (from.equals(to)) {
            throw new IllegalArgumentException("both ends are " + from
                    + ": the Jacobian is the identity; choose a later layer to end at, or an earlier one"
                    + " to start from");
        }
        if (from.compareTo(to) > 0) {
            throw new IllegalArgumentException(
                    "the operator would lead from " + from + " down to " + to + "; choose an end above its start");
        }
    }

    /** From {@code from} to the last block's output, as in the paper. */
    public static Ends toLast(End from, ModelConfig config) {
        return new Ends(from, End.after(config.nLayers() - 1));
    }

    @Override
    public String toString() {
        return from + " → " + to;
    }
}
