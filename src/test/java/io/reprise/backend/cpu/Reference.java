package io.reprise.backend.cpu;

import io.reprise.backend.Activation;
import io.reprise.backend.AttentionSpec;
import org.apache.commons.math3.special.Erf;

/** The blocks' formulas, written down plainly in float64. */
final class Reference {
    private Reference() {}

    static double[] matmul(double[] a, double[] b, int m, int n, int k) {
        double[] c = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int p = 0; p < k; p++) {
                    c[i * n + j] += a[i * k + p] * b[p * n + j];
                }
            }
        }
        return c;
    }

    static double[] transpose(double[] a, int rows, int columns) {
        double[] t = new double[a.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                t[j * rows + i] = a[i * columns + j];
            }
        }
        return t;
    }

    static double activation(Activation f, double x) {
        return switch (f) {
            case NONE -> x;
            case RELU -> Math.max(x, 0);
            case GELU -> 0.5 * x * Erf.erfc(-x / Math.sqrt(2));
            case GELU_NEW -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
        };
    }

    static double[] activation(Activation f, double[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = activation(f, x[i]);
        }
        return y;
    }

    /** gain and bias may be null. */
    static double[] layerNorm(double[] x, double[] gain, double[] bias, double epsilon, int d) {
        double[] y = new double[x.length];
        for (int at = 0; at < x.length; at += d) {
            double mean = 0;
            for (int j = 0; j < d; j++) {
                mean += x[at + j] / d;
            }
            double variance = 0;
            for (int j = 0; j < d; j++) {
                variance += (x[at + j] - mean) * (x[at + j] - mean) / d;
            }
            for (int j = 0; j < d; j++) {
                double normalized = (x[at + j] - mean) / Math.sqrt(variance + epsilon);
                y[at + j] = normalized * (gain == null ? 1 : gain[j]) + (bias == null ? 0 : bias[j]);
            }
        }
        return y;
    }

    static double[] rotary(double[] qkv, AttentionSpec spec, int rotaryDim, double base, int firstPosition) {
        double[] y = qkv.clone();
        int row = 3 * spec.width();
        int half = rotaryDim / 2;
        for (int r = 0; r < spec.rows(); r++) {
            for (int head = 0; head < 2 * spec.heads(); head++) {
                for (int i = 0; i < half; i++) {
                    double angle = (firstPosition + r % spec.length()) * Math.pow(base, -2.0 * i / rotaryDim);
                    int a = r * row + head * spec.dHead() + i;
                    int b = a + half;
                    y[a] = qkv[a] * Math.cos(angle) - qkv[b] * Math.sin(angle);
                    y[b] = qkv[b] * Math.cos(angle) + qkv[a] * Math.sin(angle);
                }
            }
        }
        return y;
    }

    /** [batch, heads, query, key]; -Infinity where hidden. */
    static double[] scores(double[] qkv, AttentionSpec spec) {
        int t = spec.length();
        int row = 3 * spec.width();
        double[] s = new double[spec.batch() * spec.heads() * t * t];
        for (int pair = 0; pair < spec.batch() * spec.heads(); pair++) {
            int sequence = pair / spec.heads();
            int column = pair % spec.heads() * spec.dHead();
            for (int q = 0; q < t; q++) {
                for (int k = 0; k < t; k++) {
                    double sum = 0;
                    for (int i = 0; i < spec.dHead(); i++) {
                        sum += qkv[(sequence * t + q) * row + column + i]
                                * qkv[(sequence * t + k) * row + spec.width() + column + i];
                    }
                    boolean visible = k <= q && k >= spec.firstKey(q);
                    s[(pair * t + q) * t + k] = visible ? sum * spec.scale() : Double.NEGATIVE_INFINITY;
                }
            }
        }
        return s;
    }

    static double[] softmax(double[] x, int n) {
        double[] p = new double[x.length];
        for (int at = 0; at < x.length; at += n) {
            double max = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < n; j++) {
                max = Math.max(max, x[at + j]);
            }
            double sum = 0;
            for (int j = 0; j < n; j++) {
                p[at + j] = Math.exp(x[at + j] - max);
                sum += p[at + j];
            }
            for (int j = 0; j < n; j++) {
                p[at + j] /= sum;
            }
        }
        return p;
    }

    static double[] attention(double[] qkv, AttentionSpec spec) {
        int t = spec.length();
        int row = 3 * spec.width();
        double[] p = softmax(scores(qkv, spec), t);
        double[] z = new double[spec.rows() * spec.width()];
        for (int pair = 0; pair < spec.batch() * spec.heads(); pair++) {
            int sequence = pair / spec.heads();
            int column = pair % spec.heads() * spec.dHead();
            for (int q = 0; q < t; q++) {
                for (int k = 0; k <= q; k++) {
                    for (int i = 0; i < spec.dHead(); i++) {
                        z[(sequence * t + q) * spec.width() + column + i] += p[(pair * t + q) * t + k]
                                * qkv[(sequence * t + k) * row + 2 * spec.width() + column + i];
                    }
                }
            }
        }
        return z;
    }

    static double crossEntropy(double[] logits, int[] targets, int n) {
        double[] p = softmax(logits, n);
        double sum = 0;
        for (int row = 0; row < targets.length; row++) {
            if (targets[row] >= 0) {
                sum -= Math.log(p[row * n + targets[row]]);
            }
        }
        return sum;
    }
}
