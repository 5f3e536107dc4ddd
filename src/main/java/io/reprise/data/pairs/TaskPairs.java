package io.reprise.data.pairs;

import io.reprise.data.PairSet;

/**
 * Prompts to find a circuit on and others to judge it on.
 *
 * @param description which prompts they are and how the corrupt ones were made, for reports
 */
public record TaskPairs(PairSet discovery, PairSet evaluation, String description) {
    public TaskPairs {
        discovery.requireDisjoint(evaluation);
    }
}
