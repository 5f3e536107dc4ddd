package io.reprise.analysis.overlap.channels;

import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;

/** A model of the same shape that has learned nothing. */
public final class RandomTwin {
    private RandomTwin() {}

    /** Weights as toys are initialised: standard deviation 0.8/√d_model. They belong to the caller's scope. */
    public static Transformer of(Transformer model, Rng rng) {
        double std = 0.8 / Math.sqrt(model.config().dModel());
        return new Transformer(
                model.backend(), model.config(), Parameters.initialise(model.backend(), model.config(), std, rng));
    }
}
