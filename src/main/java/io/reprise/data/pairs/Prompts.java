package io.reprise.data.pairs;

import io.reprise.data.PairSet;

/**
 * A task's prompts, told apart by what they are for.
 *
 * @param discovery to find circuits on
 * @param evaluation to judge them on; shares no clean prompt with {@code discovery}
 */
public record Prompts(PairSet discovery, PairSet evaluation) {
    public Prompts {
        discovery.requireDisjoint(evaluation);
    }
}
