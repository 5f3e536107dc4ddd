package io.reprise.backend.cpu;

/** Products with a derivative that was kept element by element. */
final class Slopes {
    private Slopes() {}

    /** out = v∘slope, slope repeated for each copy in v; out may be v. */
    static void multiply(Engine engine, float[] v, float[] slope, float[] out) {
        int n = slope.length;
        for (int at = 0; at < v.length; at += n) {
            int copy = at;
            engine.split(n, 1024, 2L * n, (from, to) -> engine.kernels()
                    .pointwise()
                    .multiply(v, copy + from, slope, from, out, copy + from, to - from));
        }
    }
}
