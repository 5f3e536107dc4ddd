package io.reprise.analysis.relation.jacobian;

import io.reprise.backend.Applied;
import io.reprise.backend.Backend;
import io.reprise.backend.Derivative;
import io.reprise.backend.Gradients;
import io.reprise.backend.Scope;
import io.reprise.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Rows of the Jacobian: unit cotangents at the position of z, all of them down one layer before the next layer is touched. */
final class PullbackPass implements JacobianPass {
    private final BlocksBetween blocks;
    private final Backend backend;

    PullbackPass(BlocksBetween blocks) {
        this.blocks = blocks;
        this.backend = blocks.backend();
    }

    @Override
    public Vectors run(Tensor stream, int from, int to, Done done) {
        try (Scope scope = backend.scope()) {
            List<Tensor> streams = blocks.streams(stream);
            Tensor top = streams.get(streams.size() - 1);
            List<Tensor> cotangents = Chunks.units(backend, blocks, from, to);
            Optional<Applied> norm = blocks.norm(top);
            if (norm.isPresent()) {
                cotangents.replaceAll(u -> norm.get().pullback(u, Gradients.NONE));
            }
            for (int layer = blocks.end() - 1; layer >= blocks.first(); layer--) {
                try (Scope inLayer = backend.scope()) {
                    Derivative derivative = blocks.derivative(layer, streams.get(layer - blocks.first()));
                    for (int i = 0; i < cotangents.size(); i++) {
                        Tensor above = cotangents.get(i);
                        try (Scope inChunk = backend.scope()) {
                            cotangents.set(i, inChunk.keep(derivative.pullback(above)));
                        }
                        inLayer.keep(cotangents.get(i));
                        above.close();
                        done.more(Chunks.vectors(cotangents.get(i), blocks.in(layer)));
                    }
                }
            }
            return new Vectors(backend.downloadDoubles(blocks.z(top)), Chunks.download(backend, cotangents));
        }
    }
}
