package io.reprise.analysis.probe;

import java.util.List;

/**
 * How a probe is made and what it is held against.
 *
 * @param sites what it reads, by name; several stand side by side
 * @param pool how positions become one
 * @param head the classifier
 * @param split the probe's own parts
 * @param seeds heads fitted, each from weights and an order of its own, to the true labels and to shuffled ones
 * @param randomModels models of the same shape with random weights that the same probe is fitted to; 0 for none
 */
public record ProbeSpec(
        List<String> sites, Pool pool, HeadSpec head, ProbeData.Shares split, int seeds, int randomModels) {
    public ProbeSpec {
        sites = List.copyOf(sites);
        if (seeds < 1) {
            throw new IllegalArgumentException("seeds = " + seeds + "; expected 1 or more");
        }
        if (randomModels < 0) {
            throw new IllegalArgumentException("random_models = " + randomModels + "; expected 0 or more");
        }
    }

    public static ProbeSpec defaults() {
        return new ProbeSpec(List.of(), new Pool.Last(), HeadSpec.defaults(), ProbeData.Shares.defaults(), 3, 3);
    }
}
