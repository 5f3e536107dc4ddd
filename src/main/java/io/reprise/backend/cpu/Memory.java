package io.reprise.backend.cpu;

import io.reprise.backend.Scope;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Tensors, scopes and working memory, all per thread and without locks. */
final class Memory {
    private final ThreadLocal<Local> locals = ThreadLocal.withInitial(Local::new);

    Local local() {
        return locals.get();
    }

    /** A tensor of the current scope, with unspecified contents. */
    CpuTensor allocate(Shape shape) {
        Local local = local();
        CpuTensor tensor = new CpuTensor(this, shape, local.arrays.take(shape.size()));
        if (local.innermost != null) {
            local.made.add(tensor);
        }
        return tensor;
    }

    Scope open() {
        Local local = local();
        OpenScope scope = new OpenScope(local);
        local.innermost = scope;
        return scope;
    }

    <T> T outsideScopes(Supplier<T> make) {
        Local local = local();
        OpenScope innermost = local.innermost;
        local.innermost = null;
        try {
            return make.get();
        } finally {
            local.innermost = innermost;
        }
    }

    /** What one thread has. */
    static final class Local {
        private final Thread thread = Thread.currentThread();
        private final FreeArrays arrays = new FreeArrays();
        private final Scratch scratch = new Scratch();
        private final List<CpuTensor> made = new ArrayList<>();
        private OpenScope innermost;
        /** Whether the thread is inside a task of {@link Workers}. */
        private boolean busy;

        FreeArrays arrays() {
            return arrays;
        }

        Scratch scratch() {
            return scratch;
        }

        boolean busy() {
            return busy;
        }

        void busy(boolean now) {
            busy = now;
        }
    }

    private static final class OpenScope implements Scope {
        private final Local local;
        private final OpenScope outer;
        private final int first;
        private boolean closed;

        OpenScope(Local local) {
            this.local = local;
            this.outer = local.innermost;
            this.first = local.made.size();
        }

        @Override
        public Tensor keep(Tensor tensor) {
            check();
            ((CpuTensor) tensor).keepBy(this);
            return tensor;
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            check();
            closed = true;
            local.innermost = outer;
            List<CpuTensor> made = local.made;
            int kept = first;
            for (int i = first; i < made.size(); i++) {
                CpuTensor tensor = made.get(i);
                if (!tensor.isKeptBy(this)) {
                    tensor.close();
                } else if (outer != null) {
                    made.set(kept++, tensor);
                }
            }
            for (int i = made.size() - 1; i >= kept; i--) {
                made.remove(i);
            }
        }

        private void check() {
            if (local.thread != Thread.currentThread() || (!closed && local.innermost != this) || closed) {
                throw new IllegalStateException(
                        "a scope is used and closed by the thread that opened it, innermost first");
            }
        }
    }
}
