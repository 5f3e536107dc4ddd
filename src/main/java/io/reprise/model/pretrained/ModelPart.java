package io.reprise.model.pretrained;

import java.nio.file.Path;

/** A directory that holds the upper part of a model. */
record ModelPart(Path path, PartOrigin origin, int nLayers) {
    int firstLayer() {
        return origin.breakLayer();
    }

    /** From tokens it would have to leave blocks out, and give plausible nonsense. */
    IllegalArgumentException refusal() {
        return new IllegalArgumentException(path + " is a part of a model: it holds " + origin.words(nLayers)
                + " and starts from " + origin.boundary() + ", not from tokens; give the whole model, or boundary"
                + " states (reprise relation boundary)");
    }
}
