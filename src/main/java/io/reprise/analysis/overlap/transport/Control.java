package io.reprise.analysis.overlap.transport;

/**
 * The same patch with something else in it.
 *
 * @param kind of control
 * @param name of this one: a component, a draw
 * @param recovered by it
 */
public record Control(Kind kind, String name, Recovered recovered) {
    /** What is put in the place of the mapped component. */
    public enum Kind {
        /** The component, by a map fitted to streams of sequences that do not belong together. */
        SHUFFLED_MAP("shuffled map"),
        /** The component, by a random rotation with the fitted map's mean norm. */
        RANDOM_MAP("random map"),
        /** Another component of the first model, of the same type, by the same map, made no longer than the mapped one. */
        UNMATCHED("unmatched component"),
        /** The component's change at prompts of another task. */
        WRONG_TASK("wrong task"),
        /** The shortest change of the second stream with the component's direct logits. */
        DIRECT_LOGITS("direct logits");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** For people. */
        public String words() {
            return words;
        }
    }
}
