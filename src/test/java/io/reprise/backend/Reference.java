package io.reprise.backend;

/** The blocks as their formulas read, in plain loops over double[]; rows are position fastest, nothing is shared with a backend. */
final class Reference {
    private Reference() {}

    static double[] linear(double[] x, double[] weight, Layout layout, double[] bias, int rows, int in, int out) {
        double[] y = new double[rows * out];
        for (int r = 0; r < rows; r++) {
            for (int o = 0; o < out; o++) {
                double sum = bias.length == 0 ? 0 : bias[o];
                for (int i = 0; i < in; i++) {
                    sum += x[r * in + i] * (layout == Layout.IN_OUT ? weight[i * out + o] : weight[o * in + i]);
                }
                y[r * out + o] = sum;
            }
        }
        return y;
    }

    static double[] activation(Activation activation, double[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = switch (activation) {
                case NONE -> x[i];
                case RELU -> x[i] > 0 ? x[i] : 0;
                case GELU -> x[i] * 0.5 * (1 + org.apache.commons.math3.special.Erf.erf(x[i] / Math.sqrt(2)));
                case GELU_NEW ->
                    0.5 * x[i] * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x[i] + 0.044715 * x[i] * x[i] * x[i])));
            };
        }
        return y;
    }

    static double[] layerNorm(double[] x, double[] gain, double[] bias, double epsilon, int rows, int d) {
        double[] y = new double[rows * d];
        for (int r = 0; r < rows; r++) {
            double mean = 0;
            for (int i = 0; i < d; i++) {
                mean += x[r * d + i] / d;
            }
            double variance = 0;
            for (int i = 0; i < d; i++) {
                variance += (x[r * d + i] - mean) * (x[r * d + i] - mean) / d;
            }
            for (int i = 0; i < d; i++) {
                double normalized = (x[r * d + i] - mean) / Math.sqrt(variance + epsilon);
                y[r * d + i] = normalized * (gain.length == 0 ? 1 : gain[i]) + (bias.length == 0 ? 0 : bias[i]);
            }
        }
        return y;
    }

    static double[] rotary(double[] qkv, AttentionSpec spec, int rotaryDim, double base, int firstPosition) {
        double[] y = qkv.clone();
        for (int row = 0; row < spec.rows(); row++) {
            int position = firstPosition + row % spec.length();
            for (int part = 0; part < 2; part++) {
                for (int h = 0; h < spec.heads(); h++) {
                    int start = row * 3 * spec.width() + part * spec.width() + h * spec.dHead();
                    for (int i = 0; i < rotaryDim / 2; i++) {
                        double angle = position * Math.pow(base, -2.0 * i / rotaryDim);
                        double first = qkv[start + i];
                        double second = qkv[start + i + rotaryDim / 2];
                        y[start + i] = first * Math.cos(angle) - second * Math.sin(angle);
                        y[start + i + rotaryDim / 2] = second * Math.cos(angle) + first * Math.sin(angle);
                    }
                }
            }
        }
        return y;
    }

    /** [batch, heads, query, key], -Infinity where hidden. */
    static double[] scores(double[] qkv, AttentionSpec spec) {
        int t = spec.length();
        double[] scores = new double[spec.batch() * spec.heads() * t * t];
        for (int b = 0; b < spec.batch(); b++) {
            for (int h = 0; h < spec.heads(); h++) {
                for (int query = 0; query < t; query++) {
                    for (int key = 0; key < t; key++) {
                        boolean hidden = key > query || spec.window() > 0 && key <= query - spec.window();
                        double sum = 0;
                        for (int i = 0; i < spec.dHead(); i++) {
                            sum += at(qkv, spec, b, query, 0, h, i) * at(qkv, spec, b, key, 1, h, i);
                        }
                        scores[((b * spec.heads() + h) * t + query) * t + key] =
                                hidden ? Double.NEGATIVE_INFINITY : sum * spec.scale();
                    }
                }
            }
        }
        return scores;
    }

    static double[] pattern(double[] qkv, AttentionSpec spec) {
        double[] pattern = scores(qkv, spec);
        for (int row = 0; row < pattern.length / spec.length(); row++) {
            softmax(pattern, row * spec.length(), spec.length());
        }
        return pattern;
    }

    static double[] attention(double[] qkv, AttentionSpec spec) {
        int t = spec.length();
        double[] pattern = pattern(qkv, spec);
        double[] z = new double[spec.rows() * spec.width()];
        for (int b = 0; b < spec.batch(); b++) {
            for (int h = 0; h < spec.heads(); h++) {
                for (int query = 0; query < t; query++) {
                    for (int i = 0; i < spec.dHead(); i++) {
                        double sum = 0;
                        for (int key = 0; key <= query; key++) {
                            sum += pattern[((b * spec.heads() + h) * t + query) * t + key]
                                    * at(qkv, spec, b, key, 2, h, i);
                        }
                        z[(b * t + query) * spec.width() + h * spec.dHead() + i] = sum;
                    }
                }
            }
        }
        return z;
    }

    private static double at(double[] qkv, AttentionSpec spec, int b, int position, int part, int h, int i) {
        return qkv[(b * spec.length() + position) * 3 * spec.width() + part * spec.width() + h * spec.dHead() + i];
    }

    /** In place. */
    static void softmax(double[] values, int from, int size) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + size; i++) {
            max = Math.max(max, values[i]);
        }
        double sum = 0;
        for (int i = from; i < from + size; i++) {
            values[i] = Math.exp(values[i] - max);
            sum += values[i];
        }
        for (int i = from; i < from + size; i++) {
            values[i] /= sum;
        }
    }

    static double crossEntropy(double[] logits, int[] targets, int classes) {
        double sum = 0;
        for (int r = 0; r < targets.length; r++) {
            if (targets[r] >= 0) {
                double[] row = java.util.Arrays.copyOfRange(logits, r * classes, (r + 1) * classes);
                double max = java.util.Arrays.stream(row).max().getAsDouble();
                double total = 0;
                for (double logit : row) {
                    total += Math.exp(logit - max);
                }
                sum += max + Math.log(total) - row[targets[r]];
            }
        }
        return sum;
    }

    static double[] matmul(double[] a, double[] b, int m, int k, int n) {
        return linear(a, b, Layout.IN_OUT, new double[0], m, k, n);
    }

    /** One step of torch.optim.Adam or AdamW on w, m and v. */
    static void adam(double[] w, double[] gradient, double[] m, double[] v, AdamSettings s) {
        for (int i = 0; i < w.length; i++) {
            double g = gradient[i] * s.gradientScale();
            if (s.decoupled()) {
                w[i] -= s.lr() * s.weightDecay() * w[i];
            } else {
                g += s.weightDecay() * w[i];
            }
            m[i] = s.beta1() * m[i] + (1 - s.beta1()) * g;
            v[i] = s.beta2() * v[i] + (1 - s.beta2()) * g * g;
            double mHat = m[i] / (1 - Math.pow(s.beta1(), s.step()));
            double vHat = v[i] / (1 - Math.pow(s.beta2(), s.step()));
            w[i] -= s.lr() * mHat / (Math.sqrt(vHat) + s.epsilon());
        }
    }
}
