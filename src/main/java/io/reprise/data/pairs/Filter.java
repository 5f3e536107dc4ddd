package io.reprise.data.pairs;

import io.reprise.data.PromptPair;
import java.util.List;

/** What a model makes of prompts, given by the caller: this room knows no models. */
@FunctionalInterface
public interface Filter {
    /** Lets everything pass. */
    Filter NONE =
            prompts -> prompts.stream().map(prompt -> new Seen(true, 1, 0)).toList();

    /**
     * @param top whether the answer is the likeliest token
     * @param answer its probability
     * @param wrong that of the wrong answer
     */
    record Seen(boolean top, double answer, double wrong) {
        /** The published rule: the answer is first, and more than twice as likely as the wrong one. */
        public boolean keeps() {
            return top && answer > 2 * wrong;
        }
    }

    /** One for each of {@code prompts}, in their order, of the clean prompts. */
    List<Seen> see(List<PromptPair> prompts);
}
