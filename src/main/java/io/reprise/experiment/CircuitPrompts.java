package io.reprise.experiment;

import io.reprise.data.pairs.PairSpec;
import io.reprise.data.pairs.SequenceTemplates;
import java.nio.file.Path;
import java.util.Optional;

/** Where the prompts of a circuit come from: one of four places. */
public sealed interface CircuitPrompts {
    /** The task that a run was trained on. */
    record OfRun(PairSpec spec) implements CircuitPrompts {}

    /**
     * A file of pairs; see {@link io.reprise.data.pairs.PairFile}. One file is divided at random.
     *
     * @param evaluation a file of its own to judge the circuit on
     */
    record OfFile(Path file, Optional<Path> evaluation, Size size) implements CircuitPrompts {}

    /**
     * The published templates of sequence continuation.
     *
     * @param verb done, lost or born
     * @param members what continues
     * @param words a file of words to choose from; those that come with reprise if missing
     * @param filtered whether only rounds are taken that the model does right, as published
     */
    record OfTemplate(String verb, SequenceTemplates.Members members, Optional<Path> words, boolean filtered, Size size)
            implements CircuitPrompts {}

    /**
     * The indirect object.
     *
     * @param names a file of names to choose from; those that come with reprise if missing
     */
    record OfIndirectObject(Optional<Path> names, Size size) implements CircuitPrompts {}

    /**
     * A year after another.
     *
     * @param century two digits
     */
    record OfGreaterThan(int century, Size size) implements CircuitPrompts {}

    /**
     * How many prompts; of a file half and half, else as many as are usual, if missing.
     *
     * @param discovery how many the circuit is found on
     * @param evaluation how many others it is judged on
     * @param seed of the choice
     */
    record Size(Optional<Integer> discovery, Optional<Integer> evaluation, long seed) {
        public Size {
            discovery.ifPresent(count -> requirePositive("discovery", count));
            evaluation.ifPresent(count -> requirePositive("evaluation", count));
        }

        private static void requirePositive(String name, int count) {
            if (count < 1) {
                throw new IllegalArgumentException(name + " = " + count + ", expected 1 or more prompts");
            }
        }
    }
}
