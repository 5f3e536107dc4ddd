package io.reprise.analysis.overlap.groups;

import io.reprise.data.PairSet;
import java.util.Optional;

/**
 * What models are compared on: the same token ids in all.
 *
 * @param task name
 * @param discovery prompts that circuits are found on
 * @param evaluation other prompts, on which everything is measured
 * @param other prompts of another task: what a component does there is a control, and so is the other relation's operator
 */
public record ComparePrompts(String task, PairSet discovery, PairSet evaluation, Optional<PairSet> other) {
    public ComparePrompts {
        discovery.requireDisjoint(evaluation);
    }
}
