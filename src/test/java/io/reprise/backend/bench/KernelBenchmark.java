package io.reprise.backend.bench;

import io.reprise.backend.Activation;
import io.reprise.backend.AdamSettings;
import io.reprise.backend.Applied;
import io.reprise.backend.Attention;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Backend;
import io.reprise.backend.Gradients;
import io.reprise.backend.Layout;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The blocks of the default toy on one shard's rows (192 rows, d_model 64), one thread. Run {@code org.openjdk.jmh.Main
 * KernelBenchmark} on the test class path with {@code --add-modules jdk.incubator.vector}.
 */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class KernelBenchmark {
    private static final int LENGTH = 12;
    private static final int SEQUENCES = 16;
    private static final int ROWS = LENGTH * SEQUENCES;
    private static final int D = 64;

    private Backend backend;
    private Tensor x;
    private Tensor weight;
    private Tensor wide;
    private Tensor qkv;
    private Tensor gain;
    private Tensor gradient;
    private Tensor moments;
    private Tensor squares;
    private int[] targets;

    @Setup(Level.Trial)
    public void open() {
        backend = new CpuBackend(1);
        Rng rng = Rng.of(1);
        x = random(rng, ROWS, D);
        weight = random(rng, D, 4 * D);
        wide = random(rng, ROWS, 4 * D);
        qkv = random(rng, ROWS, 3 * D);
        gain = random(rng, 1, D);
        gradient = random(rng, D, 4 * D);
        moments = backend.zeros(weight.shape());
        squares = backend.zeros(weight.shape());
        targets = new int[ROWS];
    }

    @TearDown(Level.Trial)
    public void close() {
        backend.close();
    }

    private Tensor random(Rng rng, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) rng.nextGaussian();
        }
        return backend.upload(Shape.of(rows, columns), values);
    }

    /** 192×256×64: 6.3 MFLOP. */
    @Benchmark
    public Tensor matmul() {
        try (Scope scope = backend.scope()) {
            return backend.matmul(x, weight);
        }
    }

    @Benchmark
    public Tensor linearWithGelu() {
        try (Scope scope = backend.scope()) {
            return backend.linear(x, weight, Layout.IN_OUT, Optional.empty(), Activation.GELU_NEW)
                    .value();
        }
    }

    @Benchmark
    public Tensor linearForwardAndBackward() {
        try (Scope scope = backend.scope()) {
            Applied block = backend.linear(x, weight, Layout.IN_OUT, Optional.empty(), Activation.NONE);
            return block.pullback(wide, w -> Optional.of(gradient));
        }
    }

    @Benchmark
    public Tensor layerNormForwardAndBackward() {
        try (Scope scope = backend.scope()) {
            Applied block = backend.layerNorm(x, Optional.of(gain), Optional.of(gain), 1e-5);
            return block.pullback(x, Gradients.NONE);
        }
    }

    @Benchmark
    public Tensor attentionForwardAndBackward() {
        try (Scope scope = backend.scope()) {
            Attention block = backend.attention(qkv, new AttentionSpec(SEQUENCES, LENGTH, 4, D / 4, 0.25, 0));
            return block.pullback(x, Gradients.NONE);
        }
    }

    @Benchmark
    public Tensor crossEntropyWithGradient() {
        try (Scope scope = backend.scope()) {
            return backend.crossEntropy(x, targets).pullback(1.0);
        }
    }

    @Benchmark
    public void adam() {
        backend.adamStep(weight, gradient, moments, squares, new AdamSettings(1e-3, 0.9, 0.99, 1e-8, 0, false, 1, 10));
    }
}
