package io.reprise.analysis.circuit.roles;

import io.reprise.model.Activations;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import java.util.List;
import java.util.stream.IntStream;

/** The attention of all heads at some sequences. */
final class Patterns {
    private final Transformer model;
    private final Tokens tokens;
    private final List<double[]> byLayer;

    Patterns(Transformer model, Tokens tokens) {
        this.model = model;
        this.tokens = tokens;
        List<Site> sites = IntStream.range(0, model.config().nLayers())
                .mapToObj(layer -> Site.of(Site.Kind.PATTERN, layer))
                .toList();
        Activations run = model.run(tokens, sites);
        this.byLayer = sites.stream().map(site -> run.get(site).data()).toList();
    }

    /** Which keys of a query count. */
    @FunctionalInterface
    interface Keys {
        boolean counts(int query, int key);
    }

    /** By [layer][head]: attention to the keys that count, summed over keys and over {@code queries}, averaged over both these and
     * sequences. */
    double[][] mean(List<Integer> queries, Keys keys) {
        int heads = model.config().nHeads();
        int length = tokens.length();
        double[][] means = new double[byLayer.size()][heads];
        for (int layer = 0; layer < means.length; layer++) {
            double[] pattern = byLayer.get(layer);
            for (int row = 0; row < tokens.batch() * heads; row++) {
                double sum = 0;
                for (int query : queries) {
                    int from = (row * length + query) * length;
                    for (int key = 0; key <= query; key++) {
                        sum += keys.counts(query, key) ? pattern[from + key] : 0;
                    }
                }
                means[layer][row % heads] += sum / (queries.size() * (double) tokens.batch());
            }
        }
        return means;
    }
}
