package io.reprise.analysis.overlap.transport;

import io.reprise.backend.Scope;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Activations;
import io.reprise.model.Site;
import io.reprise.model.Site.Kind;
import io.reprise.model.StreamParts;
import io.reprise.model.Transformer;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** The stream before the final norm at the position that the answer follows, and its logits: of a model that has layers. */
final class FinalStream {
    private final Transformer model;

    FinalStream(Transformer model) {
        this.model = model;
    }

    Site site() {
        return Site.of(Kind.RESID_POST, model.config().nLayers() - 1);
    }

    /** [prompt][d_model]. */
    double[][] last(PairSet.Group group, Function<PromptPair, List<Integer>> side) {
        return lastRows(
                model.run(Component.tokens(group, side), List.of(site())).get(site()));
    }

    /** Of [prompt, pos, d_model], what stands at the last position. */
    static double[][] lastRows(Activations.Value stream) {
        int length = stream.shape().dim(1);
        int d = stream.shape().dim(2);
        double[][] rows = new double[stream.shape().dim(0)][];
        for (int i = 0; i < rows.length; i++) {
            int from = ((i + 1) * length - 1) * d;
            rows[i] = Arrays.copyOfRange(stream.data(), from, from + d);
        }
        return rows;
    }

    /** Final norm and unembedding: [n][d_model] → [n][d_vocab]. */
    double[][] logits(double[][] streams) {
        int d = model.config().dModel();
        int vocabulary = model.config().dVocab();
        double[] flat = new double[streams.length * d];
        for (int i = 0; i < streams.length; i++) {
            System.arraycopy(streams[i], 0, flat, i * d, d);
        }
        try (Scope scope = model.backend().scope()) {
            Tensor x = model.backend().upload(Shape.of(streams.length, d), flat);
            double[] logits = model.backend().downloadDoubles(new StreamParts(model).logits(x));
            double[][] rows = new double[streams.length][];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = Arrays.copyOfRange(logits, i * vocabulary, (i + 1) * vocabulary);
            }
            return rows;
        }
    }
}
