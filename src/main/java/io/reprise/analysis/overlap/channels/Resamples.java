package io.reprise.analysis.overlap.channels;

import io.reprise.tensor.Rng;
import java.util.stream.IntStream;

/** Bootstrap samples of prompts, drawn once so that every model is measured on the same ones. Draw 0 is all prompts as they are. */
public final class Resamples {
    private final int[][] draws;

    /**
     * @param prompts how many there are
     * @param count of the resamples, beside draw 0
     */
    public Resamples(int prompts, int count, Rng rng) {
        if (prompts < 1 || count < 2) {
            throw new IllegalArgumentException(
                    prompts + " prompts and " + count + " resamples; expected at least 1 prompt and 2 resamples");
        }
        draws = new int[count + 1][];
        draws[0] = IntStream.range(0, prompts).toArray();
        for (int draw = 1; draw <= count; draw++) {
            draws[draw] =
                    IntStream.range(0, prompts).map(i -> rng.nextInt(prompts)).toArray();
        }
    }

    /** How many prompts a draw has. */
    public int prompts() {
        return draws[0].length;
    }

    /** Draws, draw 0 included. */
    public int count() {
        return draws.length;
    }

    /** Not copied. */
    int[] at(int draw) {
        return draws[draw];
    }

    /** Mean of {@code values}, one per prompt, over the prompts of a draw. */
    double mean(int draw, double[] values) {
        double sum = 0;
        for (int prompt : draws[draw]) {
            sum += values[prompt];
        }
        return sum / draws[draw].length;
    }
}
