package io.reprise.analysis.overlap.between;

import io.reprise.analysis.circuit.Unit;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** What was read of one component, prompt by prompt, so that it can be told of some prompts, too. */
final class ComponentReading {
    /** The debiased CKA divides by n − 3. */
    private static final int FEWEST_PROMPTS = 4;

    /** An effect that is the same on all prompts up to a tenth of its size has no profile: what is left of it is noise. */
    private static final double PROFILE = 0.1;

    private final Unit unit;
    private final double depth;
    private final double[][] pattern;
    private final Map<SignatureChannel, double[]> fixed;
    private final double[] effect;
    private final double[] direct;
    private final double[][] gram;
    private final double metricSize;

    /**
     * @param depth relative, 0 to 1
     * @param pattern [prompt][role·role] beyond uniform attention; no rows for an MLP
     * @param fixed unit vectors of what doesn't depend on the prompts
     * @param effect [prompt]
     * @param direct [prompt]; none for what doesn't write to the logits
     * @param gram [prompt][prompt] inner products of its output
     * @param metricSize the root mean square of the metric, of which effects below rounding are none
     */
    ComponentReading(
            Unit unit,
            double depth,
            double[][] pattern,
            Map<SignatureChannel, double[]> fixed,
            double[] effect,
            double[] direct,
            double[][] gram,
            double metricSize) {
        this.unit = unit;
        this.depth = depth;
        this.pattern = pattern;
        this.fixed = fixed;
        this.effect = effect;
        this.direct = direct;
        this.gram = gram;
        this.metricSize = metricSize;
    }

    Signature on(int[] prompts) {
        if (prompts.length < FEWEST_PROMPTS) {
            throw new IllegalArgumentException(prompts.length + " prompts; a signature needs " + FEWEST_PROMPTS
                    + " or more, since the debiased CKA of fewer does not exist");
        }
        Map<SignatureChannel, double[]> vectors = new EnumMap<>(SignatureChannel.class);
        vectors.putAll(fixed);
        double size = metricSize * Math.sqrt(prompts.length);
        double[] effects = pick(effect, prompts);
        profile(effects, size).ifPresent(v -> vectors.put(SignatureChannel.EFFECT, v));
        if (direct.length > 0) {
            profile(pick(direct, prompts), size).ifPresent(v -> vectors.put(SignatureChannel.DIRECT, v));
        }
        double[][] products =
                Arrays.stream(prompts).mapToObj(i -> pick(gram[i], prompts)).toArray(double[][]::new);
        double all =
                Vectors.norm(Arrays.stream(products).mapToDouble(Vectors::norm).toArray());
        Vectors.unit(Vectors.uCentred(products), all).ifPresent(v -> vectors.put(SignatureChannel.OUTPUT, v));
        if (pattern.length > 0) {
            double[] mean = IntStream.range(0, pattern[0].length)
                    .mapToDouble(r -> Arrays.stream(prompts)
                            .mapToDouble(i -> pattern[i][r])
                            .average()
                            .orElseThrow())
                    .toArray();
            Vectors.unit(mean, 1).ifPresent(v -> vectors.put(SignatureChannel.PATTERN, v));
        }
        return new Signature(unit, depth, Arrays.stream(effects).average().orElseThrow(), prompts.length, vectors);
    }

    private static Optional<double[]> profile(double[] effects, double size) {
        double[] varying = Vectors.minusMean(effects);
        return Vectors.norm(varying) >= PROFILE * Vectors.norm(effects)
                ? Vectors.unit(varying, size)
                : Optional.empty();
    }

    private static double[] pick(double[] values, int[] indices) {
        return Arrays.stream(indices).mapToDouble(i -> values[i]).toArray();
    }
}
