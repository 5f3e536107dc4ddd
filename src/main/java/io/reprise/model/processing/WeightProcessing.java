package io.reprise.model.processing;

import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.model.BlockWeights;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelWeights;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Rewrites a model's weights; see {@link Processing}. The result holds all of them in memory. */
public final class WeightProcessing {
    private final Backend backend;
    private final ModelConfig config;
    private final Set<Processing> steps;
    /** By the names of {@link Parameters}, row-major. */
    private final Map<String, double[]> values = new HashMap<>();

    private WeightProcessing(Backend backend, ModelConfig config, Set<Processing> steps) {
        this.backend = backend;
        this.config = config;
        this.steps = steps;
    }

    /**
     * A model with the same log-probabilities. Steps are done in the order of {@link Processing}, whatever their order here.
     *
     * @throws IllegalArgumentException if the model is the upper part of one, or if a step needs layer norm and it has none
     */
    public static ProcessedModel apply(Transformer model, List<Processing> steps) {
        Set<Processing> chosen = EnumSet.noneOf(Processing.class);
        chosen.addAll(steps);
        if (model.weights().firstLayer() > 0) {
            throw new IllegalArgumentException(
                    "weight processing needs the whole model; this is its upper part, from block "
                            + model.weights().firstLayer());
        }
        if (!model.config().hasLayerNorm()) {
            for (Processing step : List.of(Processing.FOLD_LAYER_NORM, Processing.CENTER_WRITING_WEIGHTS)) {
                if (chosen.contains(step)) {
                    throw new IllegalArgumentException("weight_processing " + step.key()
                            + " needs a model with layer norm; this one has none. Leave it out");
                }
            }
        }
        return new WeightProcessing(model.backend(), model.config(), chosen).process(model.weights());
    }

    private ProcessedModel process(ModelWeights weights) {
        try (Scope scope = backend.scope()) {
            read(weights);
        }
        for (int layer = 0; layer < config.nLayers(); layer++) {
            block("blocks." + layer + ".");
        }
        if (steps.contains(Processing.FOLD_LAYER_NORM)) {
            foldFinalNorm();
        }
        if (steps.contains(Processing.CENTER_WRITING_WEIGHTS)) {
            centerRows(Parameters.EMBED);
            centerRows(Parameters.POS_EMBED);
        }
        if (steps.contains(Processing.CENTER_UNEMBED)) {
            centerColumns(values.get(Parameters.UNEMBED), config.dModel());
        }
        ModelConfig untied = config.untied();
        Parameters parameters = backend.outsideScopes(
                () -> Parameters.holding(backend, untied, (name, shape) -> backend.upload(shape, values.remove(name))));
        return new ProcessedModel(new Transformer(backend, untied, parameters), parameters, new ArrayList<>(steps));
    }

    private void read(ModelWeights weights) {
        int[] vocabulary = IntStream.range(0, config.dVocab()).toArray();
        put(Parameters.EMBED, weights.embed(vocabulary));
        weights.posEmbed(config.nCtx()).ifPresent(table -> put(Parameters.POS_EMBED, table));
        for (int layer = 0; layer < config.nLayers(); layer++) {
            read("blocks." + layer + ".", weights.block(layer));
        }
        weights.lnFinal().ifPresent(norm -> put("ln_final", norm));
        put(Parameters.UNEMBED, weights.unembedRows(vocabulary));
    }

    private void read(String block, BlockWeights weights) {
        weights.ln1().ifPresent(norm -> put(block + "ln1", norm));
        put(block + "attn.W_QKV", weights.qkvWeight());
        put(block + "attn.b_QKV", weights.qkvBias(), 3 * config.nHeads() * config.dHead());
        put(block + "attn.W_O", weights.outWeight());
        put(block + "attn.b_O", weights.outBias(), config.dModel());
        weights.ln2().ifPresent(norm -> put(block + "ln2", norm));
        weights.mlp().ifPresent(mlp -> {
            put(block + "mlp.W_in", mlp.inWeight());
            put(block + "mlp.b_in", mlp.inBias());
            put(block + "mlp.W_out", mlp.outWeight());
            put(block + "mlp.b_out", mlp.outBias());
        });
    }

    private void put(String name, Tensor tensor) {
        values.put(name, backend.downloadDoubles(tensor));
    }

    private void put(String name, Optional<Tensor> tensor, int size) {
        values.put(name, tensor.map(backend::downloadDoubles).orElseGet(() -> new double[size]));
    }

    private void put(String name, BlockWeights.Norm norm) {
        put(name + ".w", norm.gain());
        put(name + ".b", norm.bias());
    }

    private void block(String block) {
        if (steps.contains(Processing.FOLD_LAYER_NORM)) {
            foldNorm(block + "ln1", block + "attn.W_QKV", block + "attn.b_QKV");
            if (!config.attnOnly()) {
                foldNorm(block + "ln2", block + "mlp.W_in", block + "mlp.b_in");
            }
        }
        if (steps.contains(Processing.FOLD_VALUE_BIASES)) {
            foldValueBias(block);
        }
        if (steps.contains(Processing.CENTER_WRITING_WEIGHTS)) {
            List.of("attn.W_O", "attn.b_O", "mlp.W_out", "mlp.b_out").forEach(name -> centerRows(block + name));
        }
    }

    /** (n·g + b)·W + c = n·(g·W) + (b·W + c), W [in, out]. */
    private void foldNorm(String norm, String weight, String bias) {
        double[] gain = values.get(norm + ".w");
        double[] shift = values.get(norm + ".b");
        double[] w = values.get(weight);
        double[] c = values.get(bias);
        for (int in = 0; in < gain.length; in++) {
            for (int out = 0; out < c.length; out++) {
                c[out] += shift[in] * w[in * c.length + out];
                w[in * c.length + out] *= gain[in];
            }
        }
        Arrays.fill(gain, 1);
        Arrays.fill(shift, 0);
    }

    /** (n·g + b)·W = (n + b/g)·(g·W). A feature that the gain switches off is a constant, and stays as it is. */
    private void foldFinalNorm() {
        double[] gain = values.get("ln_final.w");
        double[] shift = values.get("ln_final.b");
        double[] w = values.get(Parameters.UNEMBED);
        for (int feature = 0; feature < gain.length; feature++) {
            if (gain[feature] == 0) {
                continue;
            }
            for (int token = 0; token < config.dVocab(); token++) {
                w[token * gain.length + feature] *= gain[feature];
            }
            shift[feature] /= gain[feature];
            gain[feature] = 1;
        }
    }

    private void foldValueBias(String block) {
        int width = config.nHeads() * config.dHead();
        double[] biases = values.get(block + "attn.b_QKV");
        double[] w = values.get(block + "attn.W_O");
        double[] out = values.get(block + "attn.b_O");
        for (int feature = 0; feature < width; feature++) {
            for (int j = 0; j < out.length; j++) {
                out[j] += biases[2 * width + feature] * w[feature * out.length + j];
            }
            biases[2 * width + feature] = 0;
        }
    }

    /** Subtracts from each row of a [rows, d_model] matrix its mean; nothing if there is no such matrix. */
    private void centerRows(String name) {
        double[] w = values.getOrDefault(name, new double[0]);
        int width = config.dModel();
        for (int from = 0; from < w.length; from += width) {
            double mean = Arrays.stream(w, from, from + width).sum() / width;
            for (int i = from; i < from + width; i++) {
                w[i] -= mean;
            }
        }
    }

    private static void centerColumns(double[] w, int width) {
        double[] mean = new double[width];
        int rows = w.length / width;
        for (int i = 0; i < w.length; i++) {
            mean[i % width] += w[i] / rows;
        }
        for (int i = 0; i < w.length; i++) {
            w[i] -= mean[i % width];
        }
    }
}
