package io.reprise.backend.nd4j;

import io.reprise.backend.Scope;
import io.reprise.tensor.DType;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Arrays that are used again instead of being freed. In ND4J 1.0.0-M2.1 {@code INDArray.close()} gives no memory back (300
 * closed arrays of 8 MB left 2.4 GB resident); only the garbage collector does, and it sees small Java objects, not what hangs
 * on them. So every result and every temporary comes from here and returns here, operations write into arrays that they are
 * given, and a loop that repeats its shapes stops allocating after its first turn.
 *
 * <p>Idle arrays above a limit are dropped, longest unused shape first, and the collector is asked to free them.
 */
final class Memory {
    /** Enough for the temporaries of a GPT-2 sized layer over a few hundred positions. */
    private static final long IDLE_LIMIT = 512L << 20;

    private record Key(DataType type, Shape shape) {}

    private final DType dtype;
    private final DataType type;
    private final Consumer<INDArray> onReturn;
    private final Map<Key, Deque<INDArray>> idle = new LinkedHashMap<>(64, 0.75f, true);
    private final ThreadLocal<Deque<OpenScope>> scopes = ThreadLocal.withInitial(ArrayDeque::new);
    private long idleBytes;
    private long droppedBytes;
    private long allocations;
    private long inUse;
    private boolean closed;

    /** @param onReturn sees every array that comes back, before it can be used again */
    Memory(DType dtype, Consumer<INDArray> onReturn) {
        this.dtype = dtype;
        this.type = dtype == DType.FLOAT64 ? DataType.DOUBLE : DataType.FLOAT;
        this.onReturn = onReturn;
    }

    DType dtype() {
        return dtype;
    }

    /** Arrays ever asked of ND4J; a loop with fixed shapes leaves it unchanged. */
    synchronized long allocations() {
        return allocations;
    }

    /** Arrays that are out: tensors that were not closed, and temporaries of calls that are running. */
    synchronized long inUse() {
        return inUse;
    }

    /** A tensor with arbitrary content, owned by the current thread's innermost scope. */
    Nd4jTensor make(Shape shape) {
        Nd4jTensor tensor = new Nd4jTensor(this, shape, take(type, shape));
        OpenScope scope = scopes.get().peek();
        if (scope != null) {
            scope.owned.add(tensor);
        }
        return tensor;
    }

    Nd4jTensor make(int... dims) {
        return make(Shape.of(dims));
    }

    /** A room for temporaries, given back together. */
    Arena arena() {
        return new Arena();
    }

    Scope open() {
        OpenScope scope = new OpenScope(Thread.currentThread());
        scopes.get().push(scope);
        return scope;
    }

    <T> T outsideScopes(Supplier<T> make) {
        Deque<OpenScope> open = scopes.get();
        scopes.set(new ArrayDeque<>());
        try {
            return make.get();
        } finally {
            scopes.set(open);
        }
    }

    private synchronized INDArray take(DataType wanted, Shape asked) {
        if (closed) {
            throw new IllegalStateException("the nd4j backend was closed");
        }
        inUse++;
        Shape shape = asked.rank() == 0 ? Shape.of(1) : asked;
        Deque<INDArray> free = idle.get(new Key(wanted, shape));
        if (free != null && !free.isEmpty()) {
            INDArray array = free.pop();
            idleBytes -= bytes(array);
            return array;
        }
        if (shape.size() == 0) {
            return Nd4j.empty(wanted);
        }
        allocations++;
        return Nd4j.createUninitializedDetached(wanted, 'c', Ops.widen(shape.toArray()));
    }

    void give(INDArray array) {
        if (!array.isEmpty()) {
            onReturn.accept(array);
        }
        synchronized (this) {
            inUse--;
            if (closed || array.isEmpty()) {
                return;
            }
            Shape shape = Shape.of(Ops.narrow(array.shape()));
            idle.computeIfAbsent(new Key(array.dataType(), shape), key -> new ArrayDeque<>())
                    .push(array);
            idleBytes += bytes(array);
            if (idleBytes > IDLE_LIMIT) {
                drop();
            }
        }
    }

    private void drop() {
        Iterator<Deque<INDArray>> oldest = idle.values().iterator();
        while (idleBytes > IDLE_LIMIT / 2 && oldest.hasNext()) {
            for (INDArray array : oldest.next()) {
                idleBytes -= bytes(array);
                droppedBytes += bytes(array);
            }
            oldest.remove();
        }
        if (droppedBytes > IDLE_LIMIT) {
            droppedBytes = 0;
            Nd4j.getMemoryManager().invokeGc();
        }
    }

    synchronized void close() {
        closed = true;
        idle.clear();
        idleBytes = 0;
    }

    private static long bytes(INDArray array) {
        return array.length() * array.dataType().width();
    }

    /** Temporaries of one operation; close gives them back. */
    final class Arena implements AutoCloseable {
        private final List<INDArray> taken = new ArrayList<>();

        /** An array with arbitrary content. */
        INDArray take(int... dims) {
            INDArray array = Memory.this.take(type, Shape.of(dims));
            taken.add(array);
            return array;
        }

        INDArray indices(int[] values) {
            INDArray array = Memory.this.take(DataType.INT32, Shape.of(values.length));
            taken.add(array);
            array.data().setData(values);
            return array;
        }

        @Override
        public void close() {
            taken.forEach(Memory.this::give);
            taken.clear();
        }
    }

    private final class OpenScope implements Scope {
        private final Thread thread;
        private final List<Nd4jTensor> owned = new ArrayList<>();
        private boolean ended;

        OpenScope(Thread thread) {
            this.thread = thread;
        }

        @Override
        public Tensor keep(Tensor tensor) {
            requireInnermost();
            for (int i = owned.size() - 1; i >= 0; i--) {
                if (owned.get(i) == tensor) {
                    Nd4jTensor kept = owned.remove(i);
                    Iterator<OpenScope> outwards = scopes.get().iterator();
                    outwards.next();
                    if (outwards.hasNext()) {
                        outwards.next().owned.add(kept);
                    }
                    break;
                }
            }
            return tensor;
        }

        @Override
        public void close() {
            if (ended) {
                return;
            }
            requireInnermost();
            ended = true;
            scopes.get().pop();
            owned.forEach(Nd4jTensor::close);
            owned.clear();
        }

        private void requireInnermost() {
            if (Thread.currentThread() != thread || scopes.get().peek() != this) {
                throw new IllegalStateException(
                        "a scope is used by the thread that opened it, innermost first; this one is not the current scope of "
                                + Thread.currentThread().getName());
            }
        }
    }
}
