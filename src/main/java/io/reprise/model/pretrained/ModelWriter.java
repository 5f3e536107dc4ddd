package io.reprise.model.pretrained;

import io.reprise.model.ModelConfig;
import io.reprise.model.Transformer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** One way to put a model on disk. */
interface ModelWriter {
    /** Why a model of this config can't be written so; empty if it can. */
    Optional<String> obstacle(ModelConfig config);

    /** Writes config and weights into an existing directory. */
    void write(Path directory, Transformer model) throws IOException;
}
