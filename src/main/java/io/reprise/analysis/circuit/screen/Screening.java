package io.reprise.analysis.circuit.screen;

import io.reprise.stats.Interval;
import java.util.List;

/**
 * What a {@link TaskScreen} found.
 *
 * @param prompts how many
 * @param accuracy share of prompts where the model's largest logit is the answer's
 * @param preferred share of prompts where the answer's logit is above that of the wrong answer; chance is 0.5
 * @param preferredInterval of {@code preferred}, 95%, Wilson
 * @param lookups what needs no attention circuit, and its accuracy on the same prompts
 * @param passed whether a circuit may be looked for
 * @param forced whether it passed only because that was asked for
 * @param message verdict and reasons with the numbers
 */
public record Screening(
        int prompts,
        double accuracy,
        double preferred,
        Interval preferredInterval,
        List<Lookup> lookups,
        boolean passed,
        boolean forced,
        String message) {
    /**
     * A table.
     *
     * @param accuracy share of prompts that it answers rightly
     * @param modelOnly prompts that only the model answers rightly
     * @param lookupOnly prompts that only the table answers rightly
     * @param reached whether the model is not better beyond chance: of the prompts that only one of them answers rightly, the lower end
     *     of the 95% interval (Wilson) of the model's share is not above one half
     */
    public record Lookup(String name, double accuracy, int modelOnly, int lookupOnly, boolean reached) {}

    public Screening {
        lookups = List.copyOf(lookups);
    }

    /** @throws IllegalArgumentException with the message, if the task is refused */
    public Screening orThrow() {
        if (!passed) {
            throw new IllegalArgumentException(message);
        }
        return this;
    }
}
