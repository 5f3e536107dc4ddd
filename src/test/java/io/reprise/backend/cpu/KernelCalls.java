package io.reprise.backend.cpu;

import io.reprise.backend.Activation;
import io.reprise.backend.AdamSettings;
import io.reprise.backend.cpu.ProductKernel.Start;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Every kernel, called on random numbers of a given size: the calls whose bits the tests of this package compare. */
final class KernelCalls {
    private KernelCalls() {}

    /** Sizes around the widths of vectors, tiles and panels. */
    static final int[] SIZES = {1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 15, 16, 17, 23, 31, 32, 33, 48, 63, 64, 65};

    /** One supplier per kernel; each starts from the same inputs at every call and returns all it has written. */
    static Map<String, Supplier<float[]>> of(Kernels kernels, int size, int other, long seed) {
        Map<String, Supplier<float[]>> calls = new LinkedHashMap<>();
        Scratch scratch = new Scratch();
        for (Start start : Start.values()) {
            for (int layout = 0; layout < 4; layout++) {
                boolean transposeA = (layout & 1) != 0;
                boolean transposeB = (layout & 2) != 0;
                calls.put(
                        "product " + start + (transposeA ? " Aᵀ" : " A") + (transposeB ? "Bᵀ" : "B"),
                        () -> product(kernels.product(), size, other, 7, start, transposeA, transposeB, seed, scratch));
            }
            calls.put(
                    "deep product " + start,
                    () -> product(
                            kernels.product(),
                            5,
                            other,
                            2 * ProductKernel.DEPTH + size,
                            start,
                            false,
                            true,
                            seed,
                            scratch));
        }
        for (Activation activation : Activation.values()) {
            calls.put("activation " + activation, () -> {
                float[] y = new float[size * other];
                kernels.pointwise().activate(activation, wide(seed, y.length), y, 0, y.length);
                return y;
            });
            calls.put("activation with slope " + activation, () -> {
                float[] x = wide(seed, size * other);
                float[] y = new float[x.length];
                kernels.pointwise().activateKeepingSlope(activation, x, y, 1, x.length);
                return join(x, y);
            });
        }
        pointwise(calls, kernels.pointwise(), size, other, seed);
        norm(calls, kernels.norm(), size, other, seed);
        softmax(calls, kernels.softmax(), size, other, seed);
        return calls;
    }

    private static float[] product(
            ProductKernel kernel,
            int m,
            int n,
            int k,
            Start start,
            boolean transposeA,
            boolean transposeB,
            long seed,
            Scratch scratch) {
        float[] a = Numbers.floats(seed, m * k + 1);
        float[] b = Numbers.floats(seed + 1, k * n + 2);
        float[] c = Numbers.floats(seed + 2, m * (n + 1) + 3);
        float[] bias = Numbers.floats(seed + 3, n + 1);
        kernel.multiply(
                m,
                n,
                k,
                a,
                1,
                transposeA ? 1 : k,
                transposeA ? m : 1,
                b,
                2,
                transposeB ? 1 : n,
                transposeB ? k : 1,
                c,
                3,
                n + 1,
                start,
                bias,
                1,
                scratch);
        return c;
    }

    private static void pointwise(
            Map<String, Supplier<float[]>> calls, PointwiseKernel kernel, int size, int other, long seed) {
        calls.put("add", () -> {
            float[] out = new float[size + 1];
            kernel.add(Numbers.floats(seed, size + 2), 2, Numbers.floats(seed + 1, size), 0, out, 1, size);
            return out;
        });
        calls.put("multiply", () -> {
            float[] out = new float[size + 1];
            kernel.multiply(Numbers.floats(seed, size + 2), 2, Numbers.floats(seed + 1, size), 0, out, 1, size);
            return out;
        });
        calls.put("add rows", () -> {
            float[] sum = Numbers.floats(seed, size + 1);
            kernel.addRows(sum, 1, Numbers.floats(seed + 1, other * (size + 1)), 0, size + 1, other, size);
            return sum;
        });
        calls.put("rotate", () -> {
            float[] out = new float[2 * size + 1];
            float[] cos = Numbers.floats(seed + 1, size + 2);
            float[] sin = Numbers.floats(seed + 2, size + 2);
            kernel.rotate(Numbers.floats(seed, 2 * size + 3), 3, out, 1, size, cos, sin, 2);
            return out;
        });
        for (boolean decoupled : new boolean[] {false, true}) {
            calls.put("adam" + (decoupled ? " decoupled" : ""), () -> {
                float[] w = Numbers.floats(seed, size);
                float[] m = Numbers.floats(seed + 1, size);
                float[] v = new float[size];
                float[] root = Numbers.floats(seed + 2, size);
                kernel.multiply(root, 0, root, 0, v, 0, size);
                AdamSettings settings = new AdamSettings(0.1, 0.9, 0.99, 1e-8, 0.01, decoupled, 0.7, 3);
                kernel.adam(w, Numbers.floats(seed + 3, size), m, v, 0, size, AdamFactors.of(settings));
                return join(w, join(m, v));
            });
        }
    }

    private static void norm(Map<String, Supplier<float[]>> calls, NormKernel kernel, int d, int rows, long seed) {
        for (int kind = 0; kind < 4; kind++) {
            float[] gain = (kind & 1) == 0 ? null : Numbers.floats(seed + 5, d);
            float[] bias = (kind & 2) == 0 ? null : Numbers.floats(seed + 6, d);
            String name = "layer norm" + (gain == null ? "" : " gain") + (bias == null ? "" : " bias");
            calls.put(name, () -> {
                float[] y = new float[rows * d];
                float[] stats = new float[2 * rows];
                kernel.forward(Numbers.floats(seed, rows * d), gain, bias, 1e-5f, y, stats, d, 0, rows);
                return join(y, stats);
            });
            calls.put(name + ", derivatives", () -> {
                float[] x = Numbers.floats(seed, rows * d);
                float[] stats = new float[2 * rows];
                kernel.forward(x, gain, bias, 1e-5f, new float[rows * d], stats, d, 0, rows);
                float[] u = Numbers.floats(seed + 1, 2 * rows * d);
                float[] pushed = new float[u.length];
                float[] pulled = new float[u.length];
                float[] sum = Numbers.floats(seed + 2, d);
                kernel.pushforward(x, stats, gain, u, pushed, d, rows, 0, 2 * rows);
                kernel.pullback(x, stats, gain, u, pulled, d, rows, 0, 2 * rows);
                kernel.addGainGradient(x, stats, u, sum, d, rows);
                return join(sum, join(pushed, pulled));
            });
        }
    }

    private static void softmax(
            Map<String, Supplier<float[]>> calls, SoftmaxKernel kernel, int size, int other, long seed) {
        int keys = size;
        int width = (keys + 7) / 8 * 8;
        for (int window : new int[] {0, 3}) {
            calls.put("attention softmax, window " + window, () -> {
                float[] s = Numbers.floats(seed, keys * width + 1);
                kernel.attention(s, 1, width, keys, width, 0, 0, window, 0.3f);
                return s;
            });
            calls.put("attention softmax of a later block, window " + window, () -> {
                float[] s = Numbers.floats(seed, 2 * width);
                int queries = Math.min(2, keys);
                kernel.attention(s, 0, width, queries, width, 256 + keys - queries, 256, window, 0.3f);
                return s;
            });
        }
        calls.put("softmax derivative", () -> {
            float[] x = Numbers.floats(seed, 3 * width);
            kernel.derivative(Numbers.floats(seed + 1, 3 * width), 0, x, 0, width, 3, keys, width, 0.3f);
            return x;
        });
        calls.put("exponentials", () -> {
            float[] e = new float[other * size];
            float[] stats = new float[2 * other];
            kernel.exponentials(wide(seed, e.length), e, stats, size, 0, other);
            return join(e, stats);
        });
        calls.put("scaled", () -> {
            float[] out = new float[size + 1];
            kernel.scaled(Numbers.floats(seed, size + 2), 2, 0.3f, out, 1, size);
            return out;
        });
    }

    /** Numbers of several magnitudes, some of them beyond where exp and erfc end, and the special ones. */
    private static float[] wide(long seed, int n) {
        float[] x = Numbers.floats(seed, n);
        for (int i = 0; i < n; i++) {
            x[i] *= switch (i % 4) {
                case 0 -> 1;
                case 1 -> 5;
                case 2 -> 60;
                default -> 1e-3f;
            };
        }
        if (n > 40) {
            x[11] = 0f;
            x[12] = -0f;
            x[23] = 1e30f;
            x[34] = -1e30f;
        }
        return x;
    }

    private static float[] join(float[] a, float[] b) {
        float[] joined = new float[a.length + b.length];
        System.arraycopy(a, 0, joined, 0, a.length);
        System.arraycopy(b, 0, joined, a.length, b.length);
        return joined;
    }
}
