package io.reprise.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds the weights of a model directory. Safetensors win: a directory that has them, too, is read from them, and its
 * pytorch_model.bin (the same weights, in most directories) is not looked at.
 */
public final class WeightFiles {
    /** The name of a model's only file. */
    public static final String SINGLE = "model.safetensors";

    /** The name of a model's only file, before there were safetensors. */
    public static final String TORCH = "pytorch_model.bin";

    private WeightFiles() {}

    /**
     * @throws WeightsFormatException if the directory has no weights, two kinds of them, or broken ones
     */
    public static WeightSource open(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new WeightsFormatException(
                    directory, Files.exists(directory) ? "is not a directory" : "no such directory");
        }
        for (String[] names : new String[][] {{SINGLE, ShardedSafetensors.INDEX}, {TORCH, ShardedTorchFiles.INDEX}}) {
            Path single = directory.resolve(names[0]);
            Path index = directory.resolve(names[1]);
            if (Files.exists(single) && Files.exists(index)) {
                throw new WeightsFormatException(
                        directory,
                        "has both " + names[0] + " and " + names[1] + "; remove the one that is out of date");
            }
            if (Files.exists(single) || Files.exists(index)) {
                return openFile(Files.exists(index) ? index : single);
            }
        }
        throw new WeightsFormatException(
                directory,
                "has no weights; expected " + SINGLE + " or " + ShardedSafetensors.INDEX + ", or " + TORCH + " or "
                        + ShardedTorchFiles.INDEX);
    }

    /**
     * One file, or the index of several, of the kind that its name says: {@code .bin}, {@code .pt} and {@code .pth} are
     * torch.save's, all others safetensors.
     */
    public static WeightSource openFile(Path file) throws IOException {
        String name = file.getFileName().toString();
        if (name.endsWith(".index.json")) {
            return name.contains(".bin.") ? ShardedTorchFiles.open(file) : ShardedSafetensors.open(file);
        }
        boolean torch = name.endsWith(".bin") || name.endsWith(".pt") || name.endsWith(".pth");
        return torch ? TorchFile.open(file) : SafetensorsFile.open(file);
    }
}
