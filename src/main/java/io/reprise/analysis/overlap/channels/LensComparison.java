package io.reprise.analysis.overlap.channels;

import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Models' trajectories through the lens on the same prompts. Null: a model against twins of the other with random weights.
 * Ceiling: seeds of one architecture against each other.
 */
public final class LensComparison {
    private final Resamples resamples;
    private final Rng rng;

    public LensComparison(Resamples resamples, Rng rng) {
        this.resamples = resamples;
        this.rng = rng;
    }

    /** One figure per {@link LensDistance}. All profiles are of the same prompts. */
    public List<ChannelComparison> of(Pairings<LensProfile> models) {
        List<ChannelComparison> figures = new ArrayList<>();
        for (LensDistance distance : LensDistance.values()) {
            figures.add(new Calibrated(resamples, rng.split(distance.name()))
                    .of(
                            distance.words(),
                            Calibrated.Sense.DISTANCE,
                            models.map((one, other) -> measure(distance, one, other))));
        }
        return figures;
    }

    private IntToDoubleFunction measure(LensDistance distance, LensProfile a, LensProfile b) {
        double[] perPrompt = distance.of(a, b);
        if (perPrompt.length != resamples.prompts()) {
            throw new IllegalArgumentException("trajectories of " + perPrompt.length + " prompts, resamples of "
                    + resamples.prompts() + "; expected as many of both");
        }
        return draw -> resamples.mean(draw, perPrompt);
    }
}
