package io.reprise.analysis.overlap.between;

import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Random halves of the prompts in place of resamples with replacement. A mean over half of the prompts, drawn without replacement,
 * varies as much as one over a resample of all (variance σ²/n either way), but no prompt comes twice: copies would
 * look like prompts that a component does not tell apart.
 */
public final class PromptHalves {
    private PromptHalves() {}

    /** @return sorted indices of prompts, one list per half */
    public static List<List<Integer>> of(int prompts, int halves, Rng rng) {
        return IntStream.range(0, halves)
                .mapToObj(i -> Arrays.stream(rng.split("half " + i).permutation(prompts))
                        .limit((prompts + 1) / 2)
                        .sorted()
                        .boxed()
                        .toList())
                .toList();
    }
}
