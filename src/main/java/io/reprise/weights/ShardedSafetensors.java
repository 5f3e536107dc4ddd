package io.reprise.weights;

import java.io.IOException;
import java.nio.file.Path;

/** A model in several safetensors files, tied together by {@code model.safetensors.index.json}. */
public final class ShardedSafetensors extends Shards {
    public static final String INDEX = "model.safetensors.index.json";

    private ShardedSafetensors(Path index) throws IOException {
        super(index, SafetensorsFile::open);
    }

    /**
     * Opens every shard and checks it.
     *
     * @throws WeightsFormatException if the index or a shard is missing or wrong, or they disagree
     */
    public static ShardedSafetensors open(Path index) throws IOException {
        return new ShardedSafetensors(index);
    }
}
