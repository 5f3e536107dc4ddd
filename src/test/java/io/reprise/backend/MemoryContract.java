package io.reprise.backend;

import static io.reprise.backend.Contract.assertRefuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.tensor.DType;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** Tensors: copying in and out, scopes, closing; and parallel tasks. */
interface MemoryContract extends Contract {
    @Test
    default void numbersComeBackAsTheyWentIn() {
        scoped(backend -> {
            Tensor floats = backend.upload(Shape.of(2, 3), new float[] {1, -2, 0.1f, 1e-30f, 3e30f, -0f});
            assertThat(backend.download(floats)).containsExactly(1, -2, 0.1f, 1e-30f, 3e30f, -0f);
            assertThat(floats.shape()).isEqualTo(Shape.of(2, 3));
            assertThat(floats.dtype()).isEqualTo(backend.dtype());
            double third = 1.0 / 3;
            Tensor doubles = backend.upload(Shape.of(1), new double[] {third});
            assertThat(backend.downloadDoubles(doubles)[0])
                    .isEqualTo(backend.dtype() == DType.FLOAT64 ? third : (double) (float) third);
            assertThat(backend.download(doubles)).containsExactly((float) third);
            assertThat(backend.download(backend.zeros(Shape.of(2, 2, 1)))).containsExactly(0, 0, 0, 0);
            assertThat(backend.download(backend.zeros(Shape.of()))).containsExactly(0);
            assertThat(backend.download(backend.zeros(Shape.of(0, 4)))).isEmpty();
        });
    }

    @Test
    default void uploadsAndDownloadsAreCopies() {
        scoped(backend -> {
            float[] host = {1, 2};
            Tensor tensor = backend.upload(Shape.of(2), host);
            host[0] = 9;
            float[] down = backend.download(tensor);
            assertThat(down).containsExactly(1, 2);
            down[1] = 9;
            assertThat(backend.download(tensor)).containsExactly(1, 2);
            backend.write(tensor, new float[] {5, 6});
            assertThat(backend.download(tensor)).containsExactly(5, 6);
            backend.clear(tensor);
            assertThat(backend.download(tensor)).containsExactly(0, 0);
        });
    }

    @Test
    default void aTensorMayBeFilledInPlace() {
        scoped(backend -> {
            Tensor filled = backend.upload(Shape.of(2, 2), target -> {
                assertThat(target).hasSize(4);
                for (int i = 0; i < 4; i++) {
                    target[i] = i;
                }
            });
            assertThat(backend.download(filled)).containsExactly(0, 1, 2, 3);
            assertThatThrownBy(() -> backend.upload(Shape.of(2), target -> {
                        throw new IllegalStateException("no numbers");
                    }))
                    .hasMessage("no numbers");
        });
    }

    @Test
    default void whatIsMadeOutsideScopesLivesUntilItIsClosed() {
        Backend backend = backend();
        Tensor own;
        Tensor sum;
        try (Scope scope = backend.scope()) {
            own = backend.outsideScopes(() -> backend.upload(Shape.of(1), new float[] {3}));
            sum = backend.add(own, own);
            assertThat(backend.download(sum)).containsExactly(6);
        }
        assertThat(backend.download(own)).containsExactly(3);
        Tensor made = sum;
        assertRefuses("closed", () -> backend.download(made));
        own.close();
        Tensor gone = own;
        assertRefuses("closed", () -> backend.download(gone));
    }

    @Test
    default void wrongSizesAreNamed() {
        scoped(backend -> {
            assertRefuses("[2, 2]", () -> backend.upload(Shape.of(2, 2), new float[3]));
            assertRefuses("[2, 2]", () -> backend.upload(Shape.of(2, 2), new double[5]));
            Tensor tensor = backend.zeros(Shape.of(2, 2));
            assertRefuses("[2, 2]", () -> backend.write(tensor, new float[3]));
        });
    }

    @Test
    default void aScopeClosesWhatWasMadeInItAndKeepHandsOutwards() {
        Backend backend = backend();
        Tensor outside = backend.upload(Shape.of(1), new float[] {1});
        Tensor kept;
        Tensor handed;
        try (Scope outer = backend.scope()) {
            Tensor first = backend.upload(Shape.of(1), new float[] {2});
            try (Scope inner = backend.scope()) {
                Tensor lost = backend.add(first, outside);
                handed = inner.keep(backend.add(first, first));
                kept = inner.keep(backend.add(outside, outside));
                inner.close();
                assertRefuses("closed", () -> backend.download(lost));
            }
            assertThat(backend.download(first)).containsExactly(2);
            assertThat(backend.download(handed)).containsExactly(4);
            assertThat(outer.keep(kept)).isSameAs(kept);
        }
        assertRefuses("closed", () -> backend.download(handed));
        assertThat(backend.download(kept)).containsExactly(2);
        assertThat(backend.download(outside)).containsExactly(1);
        kept.close();
        kept.close();
        outside.close();
        assertRefuses("closed", () -> backend.download(kept));
    }

    @Test
    default void aBlocksMemoryEndsWithItsScope() {
        Backend backend = backend();
        try (Scope outer = backend.scope()) {
            Tensor x = backend.upload(Shape.of(1, 2), new float[] {1, 2});
            Applied applied;
            try (Scope inner = backend.scope()) {
                applied = backend.layerNorm(x, Optional.empty(), Optional.empty(), 1e-5);
                inner.keep(applied.value());
            }
            assertThat(backend.download(outer.keep(applied.value()))).hasSize(2);
            applied.value().close();
        }
    }

    @Test
    default void parallelRunsEveryTaskOnceWithResultsOfItsOwn() {
        Backend backend = backend();
        int tasks = 13;
        AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
        double[][] results = new double[tasks][];
        try (Scope scope = backend.scope()) {
            Tensor shared = scope.keep(backend.upload(Shape.of(2, 2), new float[] {1, 2, 3, 4}));
            backend.parallel(tasks, task -> {
                runs.incrementAndGet(task);
                try (Scope own = backend.scope()) {
                    Tensor mine = own.keep(backend.upload(Shape.of(1, 2), new float[] {task, 1}));
                    results[task] = backend.downloadDoubles(backend.matmul(mine, shared));
                    mine.close();
                }
            });
            for (int task = 0; task < tasks; task++) {
                assertThat(runs.get(task)).isEqualTo(1);
                assertThat(results[task]).containsExactly(task + 3.0, 2.0 * task + 4.0);
            }
            backend.parallel(0, task -> {
                throw new AssertionError("no task was asked for");
            });
            shared.close();
        }
    }
}
