package io.reprise.analysis.probe;

import io.reprise.backend.Backend;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** A head's weights on a backend, where Adam and checkpoints find them: {@code head.w1} … */
final class HeadTensors implements AutoCloseable {
    private final Backend backend;
    private final int in;
    private final int hidden;
    private final int out;
    private final Map<String, Tensor> byName = new LinkedHashMap<>();

    HeadTensors(Backend backend, DenseHead head) {
        this.backend = backend;
        this.in = head.in();
        this.hidden = head.hidden();
        this.out = head.out();
        int i = 0;
        for (Map.Entry<String, Shape> entry : DenseHead.shapes(in, hidden, out).entrySet()) {
            byName.put("head." + entry.getKey(), backend.upload(entry.getValue(), head.weight(i++)));
        }
    }

    Map<String, Tensor> byName() {
        return byName;
    }

    DenseHead head() {
        return DenseHead.of(
                in, hidden, out, byName.values().stream().map(backend::download).toArray(float[][]::new));
    }

    @Override
    public void close() {
        byName.values().forEach(Tensor::close);
    }
}
