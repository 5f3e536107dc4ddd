package io.reprise.backend.cpu;

import io.reprise.backend.Activation;
import io.reprise.backend.Applied;
import io.reprise.backend.Attention;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Derivative;
import io.reprise.backend.Gradients;
import io.reprise.backend.Layout;
import io.reprise.backend.Scope;
import io.reprise.backend.Span;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Runs every kernel of a forward pass, or of its derivatives, on small arrays until the JIT has had time to compile them. Before that, a vector
 * operation is a call that makes an object, a hundred times slower.
 */
final class WarmUp {
    private static final double SECONDS = 0.7;
    /** There are twice as many kernels, and who asks for derivatives waits for large weights first. */
    private static final double DERIVATIVE_SECONDS = 2;

    /** Rows and lengths that use every tile: 6, 4, 2, 1 rows; more than one stretch of the sum; columns left over. */
    private static final List<Integer> ROWS = List.of(12, 13, 16, 64);

    /** What is compiled stays so. */
    private static final AtomicBoolean STARTED = new AtomicBoolean();

    private static final AtomicBoolean DERIVATIVES_STARTED = new AtomicBoolean();

    private static final int WIDTH = 48;
    private static final int DEEP = ProductKernel.DEPTH + 64;

    private WarmUp() {}

    /** Of a forward pass. */
    static void start(Kernels kernels) {
        start(STARTED, kernels, SECONDS, WarmUp::pass);
    }

    /** Of derivatives in either direction, which take the forward pass along. */
    static void startDerivatives(Kernels kernels) {
        start(DERIVATIVES_STARTED, kernels, DERIVATIVE_SECONDS, WarmUp::derivatives);
    }

    private static void start(AtomicBoolean started, Kernels kernels, double seconds, Consumer<CpuBackend> pass) {
        if (started.getAndSet(true)) {
            return;
        }
        Thread thread = new Thread(
                () -> {
                    try (CpuBackend backend = new CpuBackend(1, kernels)) {
                        long start = System.nanoTime();
                        while ((System.nanoTime() - start) / 1e9 < seconds) {
                            pass.accept(backend);
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

    private static void derivatives(CpuBackend backend) {
        for (int rows : ROWS) {
            try (Scope scope = backend.scope()) {
                Tensor x = backend.zeros(Shape.of(rows, WIDTH));
                Tensor weight = backend.zeros(Shape.of(WIDTH, DEEP));
                Tensor gain = backend.zeros(Shape.of(WIDTH));
                Tensor bias = backend.zeros(Shape.of(DEEP));
                Applied linear = backend.linear(x, weight, Layout.IN_OUT, Optional.of(bias), Activation.GELU_NEW);
                Applied norm = backend.layerNorm(x, Optional.of(gain), Optional.of(gain), 1e-5);
                AttentionSpec spec = new AttentionSpec(1, rows, 1, WIDTH, 1, 0);
                Attention attention = backend.attention(backend.zeros(Shape.of(rows, 3 * WIDTH)), spec);
                Span half = new Span(rows / 2, rows);
                Derivative between = attention.between(half, half);
                Tensor tangents = backend.zeros(Shape.of(2 * rows, WIDTH));
                linear.pullback(linear.pushforward(tangents), Gradients.NONE);
                norm.pullback(norm.pushforward(tangents), Gradients.NONE);
                between.pullback(between.pushforward(backend.zeros(Shape.of(2 * half.length(), 3 * WIDTH))));
                backend.add(tangents, tangents);
                backend.rows(tangents, new int[] {1, 0});
            }
        }
    }
}
