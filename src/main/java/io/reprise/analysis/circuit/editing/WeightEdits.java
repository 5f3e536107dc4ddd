package io.reprise.analysis.circuit.editing;

import io.reprise.analysis.circuit.Unit;
import io.reprise.backend.Backend;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Edits of weights: the result is a model of its own, which can be run, trained and exported like any other. */
public final class WeightEdits {
    private final Backend backend;
    private final ModelConfig config;
    private final Map<String, double[]> edited = new TreeMap<>();
    private final Parameters original;

    private WeightEdits(Backend backend, Parameters original) {
        this.backend = backend;
        this.config = original.config();
        this.original = original;
    }

    /** A copy. */
    public static Parameters copy(Backend backend, Parameters parameters) {
        return new WeightEdits(backend, parameters).result();
    }

    /**
     * A copy in which some units write nothing: the rows of W_O of a head, of W_out of a neuron, W_out and b_out of an MLP are 0.
     *
     * @throws IllegalArgumentException if a unit is none of these
     */
    public static Parameters without(Backend backend, Parameters parameters, Set<Unit> removed) {
        WeightEdits edits = new WeightEdits(backend, parameters);
        removed.forEach(unit -> Removed.of(unit, parameters.config())
                .forEach(span -> Arrays.fill(edits.of(span.parameter()), span.from(), span.to(), 0)));
        return edits.result();
    }

    /**
     * A copy that steers by its weights. To the rows of W_O of each head, W, is added k (d·W) / |k|², a matrix of rank one, where d is
     * the head's steering vector and k its mean z on the task: a z equal to k writes what k + strength·d wrote, one orthogonal to
     * it what it always did. Rank-one edits of key and value as in Meng et al. 2022, with the identity for the keys' covariance.
     */
    public static Parameters rankOne(
            Backend backend, Parameters parameters, SteeringVectors vectors, Set<Unit.Head> heads, double strength) {
        WeightEdits edits = new WeightEdits(backend, parameters);
        heads.forEach(head -> edits.steer(head, vectors.clean(head), vectors.difference(head), strength));
        return edits.result();
    }

    private void steer(Unit.Head head, double[] key, double[] difference, double strength) {
        double[] w = of("blocks." + head.layer() + ".attn.W_O");
        int width = config.dModel();
        int from = head.head() * config.dHead() * width;
        double[] written = new double[width];
        double squares = 0;
        for (int i = 0; i < key.length; i++) {
            squares += key[i] * key[i];
            for (int j = 0; j < width; j++) {
                written[j] += strength * difference[i] * w[from + i * width + j];
            }
        }
        if (squares == 0) {
            throw new IllegalArgumentException(
                    "head " + head.name() + " has a mean z of 0 on the task; there is no direction to edit along");
        }
        for (int i = 0; i < key.length; i++) {
            for (int j = 0; j < width; j++) {
                w[from + i * width + j] += key[i] * written[j] / squares;
            }
        }
    }

    private double[] of(String parameter) {
        return edited.computeIfAbsent(parameter, name -> backend.downloadDoubles(original.get(name)));
    }

    private Parameters result() {
        return backend.outsideScopes(() -> Parameters.holding(
                backend,
                config,
                (name, shape) -> backend.upload(
                        shape,
                        edited.containsKey(name) ? edited.get(name) : backend.downloadDoubles(original.get(name)))));
    }
}
