package io.reprise.weights;

import java.io.IOException;
import java.nio.file.Path;

/** A model in several files of torch.save, tied together by {@code pytorch_model.bin.index.json}. */
public final class ShardedTorchFiles extends Shards {
    public static final String INDEX = "pytorch_model.bin.index.json";

    private ShardedTorchFiles(Path index) throws IOException {
        super(index, TorchFile::open);
    }

    /**
     * Opens every shard and checks it.
     *
     * @throws WeightsFormatException if the index or a shard is missing or wrong, or they disagree
     */
    public static ShardedTorchFiles open(Path index) throws IOException {
        return new ShardedTorchFiles(index);
    }
}
