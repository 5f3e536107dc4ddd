package io.reprise.train;

/** Training batches in an order that is a pure function of the data seed and the cursor. */
@FunctionalInterface
public interface BatchSource {
    /**
     * @param cursor batches drawn before
     */
    LabeledBatch at(long cursor);
}
