package io.reprise.analysis.probe;

import io.reprise.model.Activations;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Captures sites, pools each over positions and writes them side by side: one row of features per example. Sequences of a batch
 * are padded on the right, which causal attention never lets an earlier position see.
 */
final class Features {
    /** Positions in a batch, at most. */
    private static final int MOST_ROWS = 2048;

    private final Transformer model;
    private final List<Site> sites;
    private final Pool pool;

    /** @throws IllegalArgumentException if a site has no vector per position */
    Features(Transformer model, List<Site> sites, Pool pool) {
        this.model = model;
        this.sites = List.copyOf(sites);
        this.pool = pool;
        if (sites.isEmpty()) {
            throw new IllegalArgumentException("sites is empty; name at least one, for example "
                    + Site.of(Site.Kind.RESID_POST, Math.max(0, model.config().nLayers() - 1)));
        }
        for (Site site : sites) {
            if (site.kind() == Site.Kind.ATTN_SCORES || site.kind() == Site.Kind.PATTERN) {
                throw new IllegalArgumentException("site " + site + " is "
                        + site.kind().axes() + ", which has no vector per position to pool; choose another");
            }
        }
    }

    /** Features of one position of {@code site}, heads side by side. */
    static int width(Site site, ModelConfig config) {
        return site.shape(config, 1, 1).size();
    }

    int width() {
        return sites.stream().mapToInt(site -> width(site, model.config())).sum();
    }

    /**
     * @return [examples, features], in the order of {@code examples}
     * @throws IllegalArgumentException naming the example, if the model cannot read it or an activation is not finite
     */
    Matrix of(List<LabelledExample> examples) {
        examples.forEach(this::check);
        Matrix features = Matrix.zeros(examples.size(), width());
        int[] order = IntStream.range(0, examples.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> examples.get(i).tokens().length))
                .mapToInt(Integer::intValue)
                .toArray();
        // One batch after another: weights that are read layer by layer can't be shared between threads.
        for (int from = 0; from < order.length; ) {
            int to = from + 1;
            while (to < order.length
                    && (to + 1 - from) * examples.get(order[to]).tokens().length <= MOST_ROWS) {
                to++;
            }
            Activations captured = model.run(tokens(examples, order, from, to), sites);
            for (int i = from; i < to; i++) {
                put(captured, i - from, examples.get(order[i]), features, order[i]);
            }
            from = to;
        }
        return features;
    }

    private void put(Activations captured, int sequence, LabelledExample example, Matrix features, int row) {
        int at = row * features.columns();
        for (Site site : sites) {
            Activations.Value value = captured.get(site);
            int width = width(site, model.config());
            int positions = value.shape().dim(1);
            pool.pool(value.data(), sequence * positions * width, example.tokens().length, width, features.data(), at);
            for (int i = at; i < at + width; i++) {
                if (!Double.isFinite(features.data()[i])) {
                    throw new IllegalArgumentException(example.where() + ": site " + site + " holds "
                            + features.data()[i] + "; the model's weights are broken or overflow here");
                }
            }
            at += width;
        }
    }

    private void check(LabelledExample example) {
        int length = example.tokens().length;
        ModelConfig config = model.config();
        if (length > config.nCtx()) {
            throw new IllegalArgumentException(example.where() + " has " + length
                    + " tokens; this model sees at most n_ctx = " + config.nCtx() + ". Shorten it");
        }
        for (int id : example.tokens()) {
            if (id < 0 || id >= config.dVocab()) {
                throw new IllegalArgumentException(example.where() + ": token id " + id
                        + " is outside this model's vocabulary of 0.." + (config.dVocab() - 1));
            }
        }
        if (pool instanceof Pool.Position position) {
            try {
                position.in(length);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(example.where() + ": " + e.getMessage(), e);
            }
        }
    }

    /** Examples {@code order[from..to)}, padded on the right with token 0. */
    static Tokens tokens(List<LabelledExample> examples, int[] order, int from, int to) {
        int length = IntStream.range(from, to)
                .map(i -> examples.get(order[i]).tokens().length)
                .max()
                .orElseThrow();
        int[] ids = new int[(to - from) * length];
        for (int i = from; i < to; i++) {
            int[] own = examples.get(order[i]).tokens();
            System.arraycopy(own, 0, ids, (i - from) * length, own.length);
        }
        return new Tokens(ids, to - from, length);
    }
}
