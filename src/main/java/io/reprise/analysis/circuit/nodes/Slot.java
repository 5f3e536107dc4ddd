package io.reprise.analysis.circuit.nodes;

import io.reprise.model.ModelConfig;

/** Where values can be replaced within a block, in the order of the forward pass. */
enum Slot {
    /** Queries before any rotation, a block of columns per head. */
    Q,
    /** Keys before any rotation. */
    K,
    /** Values. */
    V,
    /** Heads' outputs before W_O. */
    Z,
    /** Neurons after the non-linearity. */
    POST,
    /** What the MLP adds to the stream, as a whole. */
    OUT;

    /** How many things can be replaced on their own. */
    int blocks(ModelConfig config) {
        return switch (this) {
            case Q, K, V, Z -> config.nHeads();
            case POST -> config.dMlp();
            case OUT -> 1;
        };
    }

    /** Columns of one of them. */
    int width(ModelConfig config) {
        return switch (this) {
            case Q, K, V, Z -> config.dHead();
            case POST -> 1;
            case OUT -> config.dModel();
        };
    }
}
