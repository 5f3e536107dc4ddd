package io.reprise.analysis.overlap.planted;

import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.overlap.planted.Algorithm.Lookup;
import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * A transformer whose weights are set so that it does an algorithm and nothing else. Heads attend by position and copy the token
 * into dimensions of their own; a neuron per combination of tokens fires when both are there (an AND); the table's entry goes to
 * the dimensions that the unembedding reads.
 */
final class PlantedModel {
    /** Of the answer, when all lookups agree. */
    static final double LOGIT = 8;

    /** Of the position attended to, over all others: these keep e⁻²⁰ of the attention. */
    private static final double SCORE = 20;

    private static final int UNREAD = 8;
    private static final int NEURONS = 48;

    private final Algorithm algorithm;
    private final Nuisance nuisance;
    private final int length;
    private final Rng rng;
    private final int vocabulary = Sequences.VOCABULARY;
    private final int layers;
    private final int heads;
    private final int headWidth;
    private final int neurons;
    private final int width;
    private final List<Map<String, RealMatrix>> blocks = new ArrayList<>();
    private final int[] usedHeads;
    private final int[] usedNeurons;
    private final List<int[]> orders = new ArrayList<>();
    private final List<Unit> planted = new ArrayList<>();
    private int usedWidth;

    private PlantedModel(Algorithm algorithm, int length, Nuisance nuisance) {
        this.algorithm = algorithm;
        this.nuisance = nuisance;
        this.length = length;
        this.rng = Rng.of(nuisance.seed()).split("planted");
        int lookups = algorithm.lookups().size();
        this.layers = algorithm.layers() + nuisance.extraLayers();
        this.heads = 2 * lookups + nuisance.extraHeads();
        this.headWidth = vocabulary + nuisance.headWidth();
        this.neurons = NEURONS * lookups;
        this.usedWidth = 2 * vocabulary + length + UNREAD;
        this.width = usedWidth
                + lookups * (2 * vocabulary + (algorithm.layers() == 2 ? Sequences.LARGEST_STEP + vocabulary : 0))
                + nuisance.extraWidth();
        this.usedHeads = new int[layers];
        this.usedNeurons = new int[layers];
    }

    static PlantedModel of(Algorithm algorithm, int length, Nuisance nuisance) {
        PlantedModel model = new PlantedModel(algorithm, length, nuisance);
        model.fill();
        return model;
    }

    ModelConfig config() {
        return ModelConfig.toy(
                layers,
                width,
                heads,
                headWidth,
                neurons,
                vocabulary,
                length,
                Activation.RELU,
                Normalization.NONE,
                Positions.LEARNED,
                false);
    }

    ModelShape shape() {
        return ModelShape.of(config());
    }

    /** Heads and MLPs that do the algorithm. */
    List<Unit> planted() {
        return List.copyOf(planted);
    }

    private void fill() {
        for (int layer = 0; layer < layers; layer++) {
            Map<String, RealMatrix> block = new LinkedHashMap<>();
            for (String name : List.of("q", "k", "v")) {
                block.put(name, zeros(width, heads * headWidth));
            }
            block.put("o", zeros(heads * headWidth, width));
            block.put("in", zeros(width, neurons));
            block.put("out", zeros(neurons, width));
            block.put("bias", zeros(1, neurons));
            blocks.add(block);
            orders.add(rng.split("order " + layer).permutation(heads));
        }
        int first = nuisance.extraLayers() == 0 ? 0 : rng.split("first").nextInt(nuisance.extraLayers() + 1);
        int last = first + algorithm.layers() - 1;
        for (Lookup lookup : algorithm.lookups()) {
            int a = copy(first, lookup.first());
            int b = copy(first, lookup.second());
            double logit = LOGIT / algorithm.lookups().size();
            if (lookup.start().isEmpty()) {
                tabulate(first, lookup, a, b, answers(), logit, false);
            } else {
                int steps = take(Sequences.LARGEST_STEP);
                tabulate(first, lookup, a, b, steps, 1, true);
                int start = copy(last, lookup.start().getAsInt());
                int distance = length - lookup.start().getAsInt();
                for (int step = 1; step <= Sequences.LARGEST_STEP; step++) {
                    for (int token = 0; token + step * distance < vocabulary; token++) {
                        both(last, steps + step - 1, start + token, answers() + token + step * distance, logit);
                    }
                }
            }
        }
        for (int layer = 0; layer < layers; layer++) {
            while (usedHeads[layer] < heads) {
                distract(layer);
            }
        }
    }

    private int answers() {
        return vocabulary + length;
    }

    private int unread() {
        return 2 * vocabulary + length;
    }

    private int take(int dimensions) {
        usedWidth += dimensions;
        return usedWidth - dimensions;
    }

    /** A head that copies the token at a position; where to. */
    private int copy(int layer, int position) {
        int head = orders.get(layer)[usedHeads[layer]++];
        planted.add(new Unit.Head(layer, head));
        int to = take(vocabulary);
        attend(layer, head, position, SCORE);
        for (int token = 0; token < vocabulary; token++) {
            blocks.get(layer).get("v").setEntry(token, head * headWidth + token, 1);
            blocks.get(layer).get("o").setEntry(head * headWidth + token, to + token, 1);
        }
        return to;
    }

    private void attend(int layer, int head, int position, double score) {
        for (int query = 0; query < length; query++) {
            blocks.get(layer).get("q").setEntry(vocabulary + query, head * headWidth, score * Math.sqrt(headWidth));
        }
        blocks.get(layer).get("k").setEntry(vocabulary + position, head * headWidth, 1);
    }

    private void distract(int layer) {
        int head = orders.get(layer)[usedHeads[layer]++];
        Rng own = rng.split("distractor " + layer + " " + head);
        attend(layer, head, own.nextInt(length), SCORE * own.nextDouble());
        for (int token = 0; token < vocabulary; token++) {
            blocks.get(layer).get("v").setEntry(token, head * headWidth + token, 1);
            for (int j = 0; j < UNREAD; j++) {
                blocks.get(layer).get("o").setEntry(head * headWidth + token, unread() + j, own.nextGaussian());
            }
        }
    }

    private void tabulate(int layer, Lookup lookup, int first, int second, int to, double size, boolean stepOnly) {
        for (int a = 0; a < vocabulary; a++) {
            for (int b = 0; b < vocabulary; b++) {
                int step = lookup.step(a, b);
                int answer = b + step * (length - lookup.second());
                // members before the first and the answer itself must exist
                if (step > 0 && answer < vocabulary && a - step * lookup.first() >= 0) {
                    both(layer, first + a, second + b, to + (stepOnly ? step - 1 : answer), size);
                }
            }
        }
    }

    private void both(int layer, int one, int other, int to, double size) {
        Unit mlp = new Unit.Mlp(layer);
        if (!planted.contains(mlp)) {
            planted.add(mlp);
        }
        int neuron = usedNeurons[layer]++;
        blocks.get(layer).get("in").setEntry(one, neuron, 1);
        blocks.get(layer).get("in").setEntry(other, neuron, 1);
        blocks.get(layer).get("bias").setEntry(0, neuron, -1);
        blocks.get(layer).get("out").setEntry(neuron, to, size);
    }

    /** The weights on a backend; they belong to the caller's scope. */
    Transformer on(Backend backend) {
        RealMatrix turn = orthogonal(width, rng.split("rotation"));
        Map<String, RealMatrix> weights = new LinkedHashMap<>();
        RealMatrix embed = zeros(vocabulary, width);
        RealMatrix positions = zeros(length, width);
        RealMatrix unembed = zeros(vocabulary, width);
        for (int token = 0; token < vocabulary; token++) {
            embed.setEntry(token, token, 1);
            unembed.setEntry(token, answers() + token, 1);
        }
        for (int position = 0; position < length; position++) {
            positions.setEntry(position, vocabulary + position, 1);
        }
        weights.put("embed.W_E", embed.multiply(turn));
        weights.put("pos_embed.W_pos", positions.multiply(turn));
        weights.put("unembed.W_U", unembed.multiply(turn));
        for (int layer = 0; layer < layers; layer++) {
            put(weights, layer, turn);
        }
        ModelConfig config = config();
        return new Transformer(backend, config, Parameters.of(backend, config, (name, shape) -> {
            float[] values = new float[shape.size()];
            RealMatrix matrix = weights.get(name);
            if (matrix != null) {
                Rng noise = rng.split("noise " + name);
                int columns = matrix.getColumnDimension();
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float)
                            (matrix.getEntry(i / columns, i % columns) + nuisance.noise() * noise.nextGaussian());
                }
            }
            return values;
        }));
    }

    private void put(Map<String, RealMatrix> weights, int layer, RealMatrix turn) {
        String block = "blocks." + layer + ".";
        Map<String, RealMatrix> plain = blocks.get(layer);
        int packed = heads * headWidth;
        RealMatrix scores = zeros(packed, packed);
        RealMatrix scoresBack = zeros(packed, packed);
        RealMatrix values = zeros(packed, packed);
        RealMatrix valuesBack = zeros(packed, packed);
        for (int head = 0; head < heads; head++) {
            RealMatrix qk = gauge(rng.split("gauge qk " + layer + " " + head));
            RealMatrix ov = gauge(rng.split("gauge ov " + layer + " " + head));
            scores.setSubMatrix(qk.getData(), head * headWidth, head * headWidth);
            scoresBack.setSubMatrix(MatrixUtils.inverse(qk).transpose().getData(), head * headWidth, head * headWidth);
            values.setSubMatrix(ov.getData(), head * headWidth, head * headWidth);
            valuesBack.setSubMatrix(MatrixUtils.inverse(ov).getData(), head * headWidth, head * headWidth);
        }
        RealMatrix back = turn.transpose();
        RealMatrix qkv = zeros(width, 3 * packed);
        qkv.setSubMatrix(back.multiply(plain.get("q")).multiply(scores).getData(), 0, 0);
        qkv.setSubMatrix(back.multiply(plain.get("k")).multiply(scoresBack).getData(), 0, packed);
        qkv.setSubMatrix(back.multiply(plain.get("v")).multiply(values).getData(), 0, 2 * packed);
        weights.put(block + "attn.W_QKV", qkv);
        weights.put(block + "attn.W_O", valuesBack.multiply(plain.get("o")).multiply(turn));
        weights.put(block + "mlp.W_in", back.multiply(plain.get("in")));
        weights.put(block + "mlp.b_in", plain.get("bias"));
        weights.put(block + "mlp.W_out", plain.get("out").multiply(turn));
    }

    /** An invertible matrix with singular values from ½ to 2. */
    private RealMatrix gauge(Rng own) {
        double[] stretch = new double[headWidth];
        for (int i = 0; i < headWidth; i++) {
            stretch[i] = Math.pow(2, 2 * own.nextDouble() - 1);
        }
        return orthogonal(headWidth, own)
                .multiply(MatrixUtils.createRealDiagonalMatrix(stretch))
                .multiply(orthogonal(headWidth, own));
    }

    static RealMatrix orthogonal(int size, Rng own) {
        RealMatrix random = zeros(size, size);
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                random.setEntry(i, j, own.nextGaussian());
            }
        }
        return new QRDecomposition(random).getQ();
    }

    private static RealMatrix zeros(int rows, int columns) {
        return MatrixUtils.createRealMatrix(rows, columns);
    }
}
