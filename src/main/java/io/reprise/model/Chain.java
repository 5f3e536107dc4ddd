package io.reprise.model;

import io.reprise.backend.Applied;
import io.reprise.backend.Gradients;
import io.reprise.tensor.Tensor;
import java.util.List;

/** Blocks applied one after another: the chain rule. */
record Chain(List<Applied> links) implements Applied {
    Chain {
        links = List.copyOf(links);
    }

    @Override
    public Tensor value() {
        return links.get(links.size() - 1).value();
    }

    @Override
    public Tensor pushforward(Tensor tangents) {
        Tensor t = tangents;
        for (Applied link : links) {
            t = link.pushforward(t);
        }
        return t;
    }

    @Override
    public Tensor pullback(Tensor cotangents, Gradients gradients) {
        Tensor u = cotangents;
        for (int i = links.size() - 1; i >= 0; i--) {
            u = links.get(i).pullback(u, gradients);
        }
        return u;
    }
}
