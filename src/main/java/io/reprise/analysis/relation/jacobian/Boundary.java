package io.reprise.analysis.relation.jacobian;

import io.reprise.analysis.relation.Rows;
import io.reprise.backend.Scope;
import io.reprise.model.Activations;
import io.reprise.model.Site;
import io.reprise.model.Transformer;
import java.util.List;

/** Where the residual stream of a prompt comes from, so that the blocks above need not care. */
public interface Boundary {
    /** How many blocks are below it. */
    int layer();

    /**
     * {@code blocks.layer.hook_resid_pre} of each prompt [pos, d_model].
     *
     * @param prompts token ids
     * @throws IllegalArgumentException if it can't be had for these tokens
     */
    List<Activations.Value> streams(List<int[]> prompts);

    /**
     * Rows of the token embedding [n][d_model].
     *
     * @throws IllegalArgumentException if there is none here
     */
    double[][] embedding(int... tokens);

    /** The stream as {@code model} makes it from tokens. Nothing above {@code layer} is computed. */
    static Boundary of(Transformer model, int layer) {
        int layers = model.config().nLayers();
        if (layer < 0 || layer >= layers) {
            throw new IllegalArgumentException(
                    "break layer " + layer + " is out of range: this model has layers 0.." + (layers - 1));
        }
        Site site = Site.of(Site.Kind.RESID_PRE, layer);
        return new Boundary() {
            @Override
            public int layer() {
                return layer;
            }

            @Override
            public List<Activations.Value> streams(List<int[]> prompts) {
                Activations.Value padded =
                        model.run(Padded.tokens(prompts), List.of(site)).get(site);
                return Padded.split(padded, prompts);
            }

            @Override
            public double[][] embedding(int... tokens) {
                try (Scope scope = model.backend().scope()) {
                    double[] rows =
                            model.backend().downloadDoubles(model.weights().embed(tokens));
                    return Rows.of(rows, tokens.length, model.config().dModel());
                }
            }
        };
    }
}
