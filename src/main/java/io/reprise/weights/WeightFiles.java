package io.reprise.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the weights of a model directory. */
public final class WeightFiles {
    /** The name of a model's only file. */
    public static final String SINGLE = "model.safetensors";

    private WeightFiles() {}

    /**
     * @throws WeightsFormatException if the directory has no weights, two kinds of them, or broken ones
     */
    public static WeightSource open(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new WeightsFormatException(
                    directory, Files.exists(directory) ? "is not a directory" : "no such directory");
        }
        Path single = directory.resolve(SINGLE);
        Path index = directory.resolve(ShardedSafetensors.INDEX);
        if (Files.exists(single) && Files.exists(index)) {
            throw new WeightsFormatException(
                    directory,
                    "has both " + SINGLE + " and " + ShardedSafetensors.INDEX + "; remove the one that is out of date");
        }
        if (Files.exists(index)) {
            return ShardedSafetensors.open(index);
        }
        if (Files.exists(single)) {
            return SafetensorsFile.open(single);
        }
        throw new WeightsFormatException(
                directory, "has no weights; expected " + SINGLE + " or " + ShardedSafetensors.INDEX);
    }
}
