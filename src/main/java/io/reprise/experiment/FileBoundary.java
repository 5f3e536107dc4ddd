package io.reprise.experiment;

import io.reprise.analysis.relation.jacobian.Boundary;
import io.reprise.model.Activations;
import io.reprise.model.pretrained.BoundaryStates;
import io.reprise.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Streams that were computed before and saved. */
final class FileBoundary implements Boundary {
    private final BoundaryStates states;

    FileBoundary(BoundaryStates states) {
        this.states = states;
    }

    @Override
    public int layer() {
        return states.breakLayer();
    }

    @Override
    public List<Activations.Value> streams(List<int[]> prompts) {
        List<Activations.Value> streams = new ArrayList<>();
        try {
            for (int[] tokens : prompts) {
                Activations.Value one = states.resid(states.index(tokens));
                streams.add(Activations.Value.of(
                        Shape.of(one.shape().dim(1), one.shape().dim(2)), one.data()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return streams;
    }

    @Override
    public double[][] embedding(int... tokens) {
        throw new IllegalArgumentException(
                "the embedding lies below the break layer " + layer() + "; use the whole model");
    }
}
