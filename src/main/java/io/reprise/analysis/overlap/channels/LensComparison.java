package io.reprise.analysis.overlap.channels;

import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/**
 * Two models' trajectories through the lens on the same prompts. Null: each model against twins of the other with random weights.
 * Ceiling: seeds of one architecture against each other.
 */
public final class LensComparison {
    private final Resamples resamples;
    private final Rng rng;

    public LensComparison(Resamples resamples, Rng rng) {
        this.resamples = resamples;
        this.rng = rng;
    }

    /**
     * One figure per {@link LensDistance}. All profiles are of the same prompts.
     *
     * @param twinsOfA at least one of these or of {@code twinsOfB}
     * @param seeds of one architecture, compared pair by pair
     */
    public List<ChannelComparison> of(
            LensProfile a,
            LensProfile b,
            List<LensProfile> twinsOfA,
            List<LensProfile> twinsOfB,
            List<LensProfile> seeds) {
        List<ChannelComparison> figures = new ArrayList<>();
        for (LensDistance distance : LensDistance.values()) {
            List<IntToDoubleFunction> nulls = new ArrayList<>();
            twinsOfB.forEach(twin -> nulls.add(measure(distance, a, twin)));
            twinsOfA.forEach(twin -> nulls.add(measure(distance, twin, b)));
            if (nulls.isEmpty()) {
                throw new IllegalArgumentException("no null was given; give random-weights twins");
            }
            List<IntToDoubleFunction> ceilings = new ArrayList<>();
            for (int i = 0; i < seeds.size(); i++) {
                for (int j = 0; j < i; j++) {
                    ceilings.add(measure(distance, seeds.get(i), seeds.get(j)));
                }
            }
            figures.add(new Calibrated(resamples, rng.split(distance.name()))
                    .of(
                            distance.words(),
                            Calibrated.Sense.DISTANCE,
                            measure(distance, a, b),
                            Map.of("random weights", nulls),
                            ceilings));
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
