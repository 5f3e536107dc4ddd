package io.reprise.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.backend.Scope;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class MemoryTest {
    private final CpuBackend backend = new CpuBackend(1);

    @Test
    void aClosedTensorIsRefusedByName() {
        Tensor x = backend.zeros(Shape.of(2, 3));
        Tensor y = backend.zeros(Shape.of(2, 3));
        y.close();
        y.close();
        assertThatThrownBy(() -> backend.add(x, y))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("b [2, 3] was closed");
        assertThatThrownBy(() -> backend.download(y)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatABlockKeptEndsWithItsScope() {
        Tensor x = backend.zeros(Shape.of(2, 3));
        io.reprise.backend.Applied block;
        try (Scope scope = backend.scope()) {
            block = backend.activation(x, io.reprise.backend.Activation.GELU);
        }
        assertThatThrownBy(() -> block.pushforward(x))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("was closed");
    }

    @Test
    void aScopeClosesWhatItsThreadMadeAndKeepsWhatItIsTold() {
        Tensor outside = backend.upload(Shape.of(2), new float[] {1, 2});
        Tensor kept;
        Tensor dropped;
        try (Scope scope = backend.scope()) {
            dropped = backend.zeros(Shape.of(2));
            kept = scope.keep(backend.upload(Shape.of(2), new float[] {3, 4}));
            scope.keep(outside);
        }
        assertThat(backend.download(outside)).containsExactly(1, 2);
        assertThat(backend.download(kept)).containsExactly(3, 4);
        assertThatThrownBy(() -> backend.download(dropped)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aKeptTensorGoesToTheEnclosingScopeOnly() {
        Tensor kept;
        Tensor keptTwice;
        try (Scope outer = backend.scope()) {
            Tensor ofOuter = backend.zeros(Shape.of(1));
            try (Scope inner = backend.scope()) {
                kept = inner.keep(backend.zeros(Shape.of(2)));
                keptTwice = inner.keep(backend.zeros(Shape.of(3)));
                inner.keep(ofOuter);
            }
            assertThat(backend.download(kept)).hasSize(2);
            outer.keep(keptTwice);
        }
        Tensor ended = kept;
        assertThatThrownBy(() -> backend.download(ended)).isInstanceOf(IllegalArgumentException.class);
        assertThat(backend.download(keptTwice)).hasSize(3);
    }

    @Test
    void scopesAreClosedInnermostFirstByTheirThread() throws InterruptedException {
        Scope outer = backend.scope();
        Scope inner = backend.scope();
        assertThatThrownBy(outer::close).isInstanceOf(IllegalStateException.class);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                inner.close();
            } catch (IllegalStateException e) {
                failure.set(e);
            }
        });
        thread.start();
        thread.join();
        assertThat(failure.get()).isInstanceOf(IllegalStateException.class);
        inner.close();
        inner.close();
        outer.close();
        assertThatThrownBy(() -> outer.keep(backend.zeros(Shape.of(1)))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aReusedArrayNeverBelongsToTwoTensors() {
        Tensor first = backend.upload(Shape.of(3), new float[] {1, 2, 3});
        first.close();
        first.close();
        Tensor second = backend.upload(Shape.of(3), new float[] {4, 5, 6});
        Tensor third = backend.upload(Shape.of(3), new float[] {7, 8, 9});
        assertThat(backend.download(second)).containsExactly(4, 5, 6);
        assertThat(backend.download(third)).containsExactly(7, 8, 9);
        second.close();
        assertThat(backend.download(backend.zeros(Shape.of(3)))).containsExactly(0, 0, 0);
    }

    @Test
    void theSteadyStateMakesNoNewArrays() {
        Memory memory = new Memory();
        FreeArrays arrays = memory.local().arrays();
        long held = 0;
        for (int round = 0; round < 100; round++) {
            try (Scope scope = memory.open()) {
                for (int i = 1; i <= 20; i++) {
                    memory.allocate(Shape.of(i, 10));
                    memory.allocate(Shape.of(i, 10));
                }
                assertThat(arrays.held()).isZero();
            }
            if (round == 0) {
                held = arrays.held();
            }
            assertThat(arrays.held()).isEqualTo(held);
        }
        assertThat(held).isEqualTo(2 * 10 * 210);
    }

    @Test
    void lengthsThatCameOutOfUseAreLetGo() {
        FreeArrays arrays = new FreeArrays();
        for (int i = 0; i < 20; i++) {
            arrays.give(new float[(4 << 20) + i]);
        }
        assertThat(arrays.held()).isLessThanOrEqualTo(32L << 20).isPositive();
    }

    @Test
    void lengthsInUseStayWhereOthersGo() {
        FreeArrays arrays = new FreeArrays();
        float[] inUse = new float[1000];
        arrays.give(inUse);
        for (int i = 0; i < 40; i++) {
            arrays.give(new float[(1 << 20) + i]);
            float[] taken = arrays.take(1000);
            assertThat(taken).isSameAs(inUse);
            arrays.give(taken);
        }
        assertThat(arrays.held()).isGreaterThan(30L << 20).isLessThanOrEqualTo(32L << 20);
        assertThat(arrays.take((1 << 20) + 39)).hasSize((1 << 20) + 39);
        long held = arrays.held();
        arrays.take(1 << 20); // a new one: the oldest went first
        assertThat(arrays.held()).isEqualTo(held);
    }
}
