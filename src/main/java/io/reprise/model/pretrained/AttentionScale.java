package io.reprise.model.pretrained;

import io.reprise.model.ModelConfig;
import java.util.List;
import java.util.Optional;

/**
 * Per-layer scales as both Python libraries express them: one number, perhaps divided by the layer's number from 1.
 */
record AttentionScale(double base, boolean dividedByLayer) {
    static Optional<AttentionScale> of(ModelConfig config) {
        List<Double> scales = config.attnScales();
        double base = scales.isEmpty() ? 1 / Math.sqrt(config.dHead()) : scales.get(0);
        for (boolean divided : new boolean[] {false, true}) {
            AttentionScale scale = new AttentionScale(base, divided);
            if (scale.layers(scales.size()).equals(scales)) {
                return Optional.of(scale);
            }
        }
        return Optional.empty();
    }

    List<Double> layers(int count) {
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(layer -> base / (dividedByLayer ? layer + 1 : 1))
                .toList();
    }

    boolean isDefault(int dHead) {
        return base == 1 / Math.sqrt(dHead);
    }
}
