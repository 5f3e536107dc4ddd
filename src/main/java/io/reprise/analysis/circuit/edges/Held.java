package io.reprise.analysis.circuit.edges;

import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Tensors that outlive the scopes they are made in. */
final class Held implements AutoCloseable {
    private final Backend backend;
    private final List<Tensor> tensors = new ArrayList<>();

    Held(Backend backend) {
        this.backend = backend;
    }

    /** What {@code make} gives; its workings are given back at once. */
    Tensor keep(Supplier<Tensor> make) {
        Tensor tensor = backend.outsideScopes(() -> {
            try (Scope scope = backend.scope()) {
                return scope.keep(make.get());
            }
        });
        tensors.add(tensor);
        return tensor;
    }

    Tensor copy(Tensor x) {
        return keep(() -> backend.rows(x, IntStream.range(0, x.shape().rows()).toArray()));
    }

    @Override
    public void close() {
        tensors.forEach(Tensor::close);
    }
}
