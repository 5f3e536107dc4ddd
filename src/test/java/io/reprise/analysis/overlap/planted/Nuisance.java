package io.reprise.analysis.overlap.planted;

import io.reprise.tensor.Rng;

/**
 * What may differ between two models of one algorithm.
 *
 * @param extraWidth dimensions of the residual stream beyond those needed
 * @param extraHeads heads per layer beyond those needed, attending somewhere and writing where nothing reads
 * @param extraLayers blocks of nothing but such heads
 * @param headWidth d_head beyond the vocabulary's
 * @param noise standard deviation of what is added to every weight
 * @param seed of the stream's rotation, the heads' order and gauges, the distractors and the noise
 */
record Nuisance(int extraWidth, int extraHeads, int extraLayers, int headWidth, double noise, long seed) {
    /** None, but for a rotation, an order and gauges. */
    static Nuisance plain(long seed) {
        return new Nuisance(0, 0, 0, 0, 0, seed);
    }

    /** All of them at once. */
    static Nuisance random(int extraLayers, long seed) {
        Rng rng = Rng.of(seed).split("nuisance");
        return new Nuisance(
                rng.nextInt(24),
                1 + rng.nextInt(3),
                extraLayers,
                rng.nextInt(4),
                0.005 + 0.005 * rng.nextDouble(),
                seed);
    }
}
