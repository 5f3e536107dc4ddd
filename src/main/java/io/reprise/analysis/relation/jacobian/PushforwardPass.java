package io.reprise.analysis.relation.jacobian;

import io.reprise.backend.Applied;
import io.reprise.backend.Backend;
import io.reprise.backend.Derivative;
import io.reprise.backend.Scope;
import io.reprise.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Columns of the Jacobian: unit tangents at the subject, all of them up one layer before the next layer is touched. */
final class PushforwardPass implements JacobianPass {
    private final BlocksBetween blocks;
    private final Backend backend;

    PushforwardPass(BlocksBetween blocks) {
        this.blocks = blocks;
        this.backend = blocks.backend();
    }

    @Override
    public Vectors run(Tensor stream, int from, int to, Done done) {
        try (Scope scope = backend.scope()) {
            List<Tensor> tangents = Chunks.units(backend, blocks, from, to);
            Tensor x = stream;
            for (int layer = blocks.first(); layer < blocks.end(); layer++) {
                try (Scope inLayer = backend.scope()) {
                    Derivative derivative = blocks.derivative(layer, x);
                    for (int i = 0; i < tangents.size(); i++) {
                        Tensor before = tangents.get(i);
                        try (Scope inChunk = backend.scope()) {
                            tangents.set(i, inChunk.keep(derivative.pushforward(before)));
                        }
                        inLayer.keep(tangents.get(i));
                        before.close();
                        done.more(Chunks.vectors(tangents.get(i), blocks.out(layer)));
                    }
                    x = inLayer.keep(blocks.advance(layer, x));
                }
            }
            Optional<Applied> norm = blocks.norm(x);
            if (norm.isPresent()) {
                tangents.replaceAll(t -> norm.get().pushforward(t));
            }
            return new Vectors(backend.downloadDoubles(blocks.z(x)), Chunks.download(backend, tangents));
        }
    }
}
