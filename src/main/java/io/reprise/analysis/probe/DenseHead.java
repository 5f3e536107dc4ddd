package io.reprise.analysis.probe;

import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The weights of a head and its forward pass, one row after another in float64, so that a row's scores depend on nothing but the
 * row. Weights are float32 numbers, as they are stored.
 */
final class DenseHead {
    private final int in;
    private final int hidden;
    private final int out;
    private final float[][] weights;

    private DenseHead(int in, int hidden, int out, float[][] weights) {
        this.in = in;
        this.hidden = hidden;
        this.out = out;
        this.weights = weights;
    }

    /** Names and shapes: {@code w1} [in, hidden], {@code b1}, {@code w2} [hidden, out], {@code b2}; w1 [in, out], b1 if linear. */
    static Map<String, Shape> shapes(int in, int hidden, int out) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        int first = hidden == 0 ? out : hidden;
        shapes.put("w1", Shape.of(in, first));
        shapes.put("b1", Shape.of(first));
        if (hidden > 0) {
            shapes.put("w2", Shape.of(hidden, out));
            shapes.put("b2", Shape.of(out));
        }
        return shapes;
    }

    /** @param weights one array per {@link #shapes}, row-major; not copied */
    static DenseHead of(int in, int hidden, int out, float[]... weights) {
        int i = 0;
        for (Map.Entry<String, Shape> entry : shapes(in, hidden, out).entrySet()) {
            if (weights[i].length != entry.getValue().size()) {
                throw new IllegalArgumentException("head weight " + entry.getKey() + " has " + weights[i].length
                        + " numbers, expected " + entry.getValue());
            }
            i++;
        }
        return new DenseHead(in, hidden, out, weights);
    }

    /** Uniform in ±1/√fan-in, weights and biases, as torch's Linear. */
    static DenseHead initialise(int in, int hidden, int out, Rng rng) {
        float[][] weights = new float[hidden == 0 ? 2 : 4][];
        int i = 0;
        for (Map.Entry<String, Shape> entry : shapes(in, hidden, out).entrySet()) {
            double bound = 1 / Math.sqrt(i < 2 ? in : hidden);
            Rng own = rng.split(entry.getKey());
            weights[i] = new float[entry.getValue().size()];
            for (int j = 0; j < weights[i].length; j++) {
                weights[i][j] = (float) (bound * (2 * own.nextDouble() - 1));
            }
            i++;
        }
        return new DenseHead(in, hidden, out, weights);
    }

    int in() {
        return in;
    }

    int hidden() {
        return hidden;
    }

    int out() {
        return out;
    }

    /** Number {@code i} of {@link #shapes}; not copied. */
    float[] weight(int i) {
        return weights[i];
    }

    int count() {
        return weights.length;
    }

    /** Scores before the softmax, of standardised features [rows, in]. */
    Matrix logits(Matrix features) {
        if (features.columns() != in) {
            throw new IllegalArgumentException(
                    "the features have " + features.columns() + " columns, the probe expects " + in);
        }
        Matrix first = linear(features, weights[0], weights[1], hidden == 0 ? out : hidden);
        if (hidden == 0) {
            return first;
        }
        for (int i = 0; i < first.data().length; i++) {
            first.data()[i] = Math.max(0, first.data()[i]);
        }
        return linear(first, weights[2], weights[3], out);
    }

    /** Mean over rows of -log softmax(logits)[label], natural log. */
    double loss(Matrix features, int[] labels) {
        Matrix logits = logits(features);
        double sum = 0;
        for (int row = 0; row < logits.rows(); row++) {
            double max = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < out; c++) {
                max = Math.max(max, logits.at(row, c));
            }
            double total = 0;
            for (int c = 0; c < out; c++) {
                total += StrictMath.exp(logits.at(row, c) - max);
            }
            sum += max + StrictMath.log(total) - logits.at(row, labels[row]);
        }
        return sum / logits.rows();
    }

    /** The class with the highest score of each row; the first, if several have it. */
    int[] predict(Matrix features) {
        Matrix logits = logits(features);
        int[] best = new int[logits.rows()];
        for (int row = 0; row < best.length; row++) {
            for (int c = 1; c < out; c++) {
                if (logits.at(row, c) > logits.at(row, best[row])) {
                    best[row] = c;
                }
            }
        }
        return best;
    }

    private static Matrix linear(Matrix x, float[] weight, float[] bias, int out) {
        Matrix y = Matrix.zeros(x.rows(), out);
        double[] row = new double[out];
        for (int r = 0; r < x.rows(); r++) {
            for (int j = 0; j < out; j++) {
                row[j] = bias[j];
            }
            for (int i = 0; i < x.columns(); i++) {
                double value = x.at(r, i);
                for (int j = 0; j < out; j++) {
                    row[j] += value * weight[i * out + j];
                }
            }
            System.arraycopy(row, 0, y.data(), r * out, out);
        }
        return y;
    }
}
