package io.reprise.backend.cpu;

import io.reprise.backend.Activation;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Layout;
import io.reprise.backend.Scope;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Runs every kernel of a forward pass on small arrays until the JIT has had time to compile them. Before that, a vector
 * operation is a call that makes an object, a hundred times slower.
 */
final class WarmUp {
    private static final long NANOS = 700_000_000L;
    /** Rows and lengths that use every tile: 6, 4, 2, 1 rows; more than one stretch of the sum; columns left over. */
    private static final List<Integer> ROWS = List.of(12, 13, 16, 64);

    private static final int WIDTH = 48;
    private static final int DEEP = ProductKernel.DEPTH + 64;

    private WarmUp() {}

    static void start(Kernels kernels) {
        Thread thread = new Thread(
                () -> {
                    try (CpuBackend backend = new CpuBackend(1, kernels)) {
                        long start = System.nanoTime();
                        while (System.nanoTime() - start < NANOS) {
                            pass(backend);
                        }
                    }
                },
                "reprise-warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    private static void pass(CpuBackend backend) {
        for (int rows : ROWS) {
            try (Scope scope = backend.scope()) {
                Tensor x = backend.zeros(Shape.of(rows, WIDTH));
                Tensor weight = backend.zeros(Shape.of(WIDTH, DEEP));
                Tensor bias = backend.zeros(Shape.of(DEEP));
                Tensor deep = backend.linear(x, weight, Layout.IN_OUT, Optional.of(bias), Activation.GELU_NEW)
                        .value();
                backend.linear(deep, weight, Layout.OUT_IN, Optional.empty(), Activation.NONE);
                Tensor gain = backend.zeros(Shape.of(WIDTH));
                backend.layerNorm(x, Optional.of(gain), Optional.of(gain), 1e-5);
                Tensor packed = backend.zeros(Shape.of(rows, 3 * WIDTH));
                backend.attention(packed, new AttentionSpec(1, rows, 1, WIDTH, 1, 0));
                backend.add(x, x);
            }
        }
    }
}
