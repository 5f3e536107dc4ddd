package io.reprise.model.pretrained;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reprise.weights.SafetensorsFile;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.ShardedSafetensors;
import io.reprise.weights.StoredDType;
import io.reprise.weights.TensorEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Golden model directories, copied with changes. */
final class GoldenCopies {
    static final Path GOLDENS = Path.of("src", "test", "resources", "goldens");

    private static final ObjectMapper JSON = new ObjectMapper();

    private GoldenCopies() {}

    /** A copy below {@code directory}. */
    static Path copy(Path directory, String name, StoredDType type, int shards) throws IOException {
        Path target = directory.resolve(name + "-" + type + "-" + shards);
        copy(target, name, type, shards, tensor -> tensor);
        return target;
    }

    /** A golden's config and weights, stored otherwise. */
    static void copy(Path target, String name, StoredDType type, int shards, UnaryOperator<String> rename)
            throws IOException {
        Files.createDirectories(target);
        Path golden = GOLDENS.resolve(name);
        Files.copy(golden.resolve("config.json"), target.resolve("config.json"));
        List<List<TensorEntry>> files = new ArrayList<>();
        ObjectNode map = JSON.createObjectNode();
        for (int shard = 0; shard < shards; shard++) {
            files.add(new ArrayList<>());
        }
        try (SafetensorsFile file = SafetensorsFile.open(golden.resolve("model.safetensors"))) {
            int shard = 0;
            for (String tensor : file.names()) {
                files.get(shard % shards)
                        .add(TensorEntry.of(rename.apply(tensor), type, file.shape(tensor), file.read(tensor)));
                map.put(rename.apply(tensor), shardName(shard % shards, shards));
                shard++;
            }
        }
        for (int shard = 0; shard < shards; shard++) {
            String own = shards == 1 ? "model.safetensors" : shardName(shard, shards);
            SafetensorsWriter.writeAtomically(target.resolve(own), Map.of(), files.get(shard));
        }
        if (shards > 1) {
            JSON.writeValue(
                    target.resolve(ShardedSafetensors.INDEX).toFile(),
                    JSON.createObjectNode().set("weight_map", map));
        }
    }

    private static String shardName(int shard, int shards) {
        return String.format("model-%05d-of-%05d.safetensors", shard + 1, shards);
    }

    /** Changes a copy's config. */
    static void change(Path model, Consumer<ObjectNode> change) throws IOException {
        Path file = model.resolve("config.json");
        ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());
        change.accept(config);
        JSON.writeValue(file.toFile(), config);
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
