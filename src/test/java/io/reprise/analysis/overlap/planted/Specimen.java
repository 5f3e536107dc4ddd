package io.reprise.analysis.overlap.planted;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.nodes.NodeModel;
import io.reprise.analysis.overlap.between.EdgeMatrix;
import io.reprise.analysis.overlap.between.Side;
import io.reprise.analysis.overlap.between.SignatureReader;
import io.reprise.analysis.overlap.between.Signatures;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.data.PairSet;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A model ready to be compared. */
record Specimen(String algorithm, Side side) {
    private static final int TWINS = 8;
    private static final Ablation ABLATION = Ablation.of(Ablation.Kind.MEAN);

    static Specimen of(Backend backend, PairSet pairs, PlantedModel planted, String algorithm) {
        try (Scope scope = backend.scope()) {
            return new Specimen(algorithm, side(backend, pairs, planted.on(backend), tokens()));
        }
    }

    static int[] tokens() {
        return IntStream.range(0, Sequences.VOCABULARY).toArray();
    }

    static TaskModel task(Transformer model, PairSet pairs) {
        return new NodeModel(model, pairs, Metric.LOGIT_DIFFERENCE, ABLATION);
    }

    /** With random-weights twins of the same shape, and interactions for edges. */
    static Side side(Backend backend, PairSet pairs, Transformer model, int[] tokens) {
        TaskModel task = task(model, pairs);
        Signatures signatures = SignatureReader.read(model, task, tokens, Map.of());
        List<Signatures> twins = IntStream.range(0, TWINS)
                .mapToObj(i -> twin(backend, pairs, model.config(), tokens, i))
                .toList();
        return new Side(signatures, twins, Optional.of(EdgeMatrix.ofInteractions(task)));
    }

    private static Signatures twin(Backend backend, PairSet pairs, ModelConfig config, int[] tokens, int seed) {
        double std = 1 / Math.sqrt(config.dModel());
        Transformer random =
                new Transformer(backend, config, Parameters.initialise(backend, config, std, Rng.of(1000 + seed)));
        return SignatureReader.read(random, task(random, pairs), tokens, Map.of());
    }
}
