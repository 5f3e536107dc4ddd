package io.reprise.experiment;

import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.model.Activations;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A transformer's next tokens. Shorter sequences are padded on the right, where causal attention never looks, so no result depends on
 * what it was batched with; only the positions that were asked for are unembedded.
 */
final class TransformerTokens implements NextTokens {
    private final Transformer model;
    private final ModelConfig config;

    TransformerTokens(Transformer model) {
        this.model = model;
        this.config = model.config();
    }

    @Override
    public int dVocab() {
        return config.dVocab();
    }

    @Override
    public int nCtx() {
        return config.nCtx();
    }

    @Override
    public List<float[]> logits(List<int[]> sequences, int[] from) {
        int length = sequences.stream().mapToInt(s -> s.length).max().orElse(1);
        int[] ids = new int[sequences.size() * length];
        for (int i = 0; i < sequences.size(); i++) {
            System.arraycopy(sequences.get(i), 0, ids, i * length, sequences.get(i).length);
        }
        Tokens tokens = new Tokens(ids, sequences.size(), length);
        int[] rows = IntStream.range(0, from.length)
                .flatMap(i -> IntStream.range(from[i], sequences.get(i).length).map(position -> i * length + position))
                .toArray();
        Optional<Site> top = top();
        if (top.isEmpty()) {
            Site logits = Site.of(Site.Kind.LOGITS);
            return narrowed(gathered(model.run(tokens, List.of(logits)).get(logits), rows, config.dVocab()));
        }
        Activations.Value stream = model.run(tokens, List.of(top.get())).get(top.get());
        return unembedded(gathered(stream, rows, config.dModel()), rows.length);
    }

    /** What the unembedding reads; a model without norm and layers has no site for it. */
    private Optional<Site> top() {
        if (model.weights().lnFinal().isPresent()) {
            return Optional.of(Site.of(Site.Kind.LN_FINAL));
        }
        int layers = config.nLayers();
        return layers == 0 ? Optional.empty() : Optional.of(Site.of(Site.Kind.RESID_POST, layers - 1));
    }

    private static double[] gathered(Activations.Value all, int[] rows, int width) {
        double[] some = new double[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(all.data(), rows[i] * width, some, i * width, width);
        }
        return some;
    }

    private List<float[]> narrowed(double[] logits) {
        float[] all = new float[logits.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = (float) logits[i];
        }
        return split(all);
    }

    private List<float[]> unembedded(double[] rows, int count) {
        Backend backend = model.backend();
        float[] logits;
        try (Scope scope = backend.scope()) {
            var x = backend.upload(Shape.of(count, config.dModel()), rows);
            logits = backend.download(model.weights().unembed(x).value());
        }
        return split(logits);
    }

    private List<float[]> split(float[] logits) {
        List<float[]> rows = new ArrayList<>();
        for (int at = 0; at < logits.length; at += config.dVocab()) {
            rows.add(Arrays.copyOfRange(logits, at, at + config.dVocab()));
        }
        return rows;
    }
}
