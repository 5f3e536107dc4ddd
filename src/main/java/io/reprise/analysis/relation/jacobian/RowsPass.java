package io.reprise.analysis.relation.jacobian;

import io.reprise.backend.Applied;
import io.reprise.backend.Backend;
import io.reprise.backend.Gradients;
import io.reprise.backend.Scope;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rows of the Jacobian, each pulled back alone through whole blocks, at all positions of the prompt. */
final class RowsPass implements JacobianPass {
    private final BlocksBetween blocks;
    private final Backend backend;

    RowsPass(BlocksBetween blocks) {
        this.blocks = blocks;
        this.backend = blocks.backend();
    }

    @Override
    public Vectors run(Tensor stream, int from, int to, Done done) {
        try (Scope scope = backend.scope()) {
            List<Tensor> streams = blocks.streams(stream);
            Tensor top = streams.get(streams.size() - 1);
            Optional<Applied> norm = blocks.norm(top);
            List<Tensor> cotangents = new ArrayList<>();
            for (int i = from; i < to; i++) {
                cotangents.add(unit(i, norm, stream.shape()));
            }
            for (int layer = blocks.end() - 1; layer >= blocks.first(); layer--) {
                try (Scope inLayer = backend.scope()) {
                    Applied block = blocks.whole(layer, streams.get(layer - blocks.first()));
                    for (int i = 0; i < cotangents.size(); i++) {
                        Tensor above = cotangents.get(i);
                        try (Scope inRow = backend.scope()) {
                            cotangents.set(i, inRow.keep(block.pullback(above, Gradients.NONE)));
                        }
                        inLayer.keep(cotangents.get(i));
                        above.close();
                        done.more(1);
                    }
                }
            }
            cotangents.replaceAll(u -> backend.rows(u, new int[] {blocks.subject()}));
            return new Vectors(backend.downloadDoubles(blocks.z(top)), Chunks.download(backend, cotangents));
        }
    }

    /** 1 at feature {@code i} of the position of z, pulled back through the final norm if z comes after it. */
    private Tensor unit(int i, Optional<Applied> norm, Shape shape) {
        int d = shape.columns();
        double[] row = new double[d];
        row[i] = 1;
        if (norm.isPresent()) {
            row = backend.downloadDoubles(norm.get().pullback(backend.upload(Shape.of(1, d), row), Gradients.NONE));
        }
        double[] all = new double[shape.size()];
        System.arraycopy(row, 0, all, blocks.target() * d, d);
        return backend.upload(shape, all);
    }
}
