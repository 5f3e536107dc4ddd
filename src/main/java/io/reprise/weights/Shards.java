package io.reprise.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reprise.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model in several files, tied together by an index: {@code {"metadata": {…}, "weight_map": {tensor: file}}}. The index and
 * the files must name exactly the same tensors.
 */
abstract sealed class Shards implements WeightSource permits ShardedSafetensors, ShardedTorchFiles {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path index;
    private final List<WeightSource> shards;
    private final Map<String, WeightSource> shardOf = new LinkedHashMap<>();

    /** Opens one shard. */
    @FunctionalInterface
    interface Opener {
        WeightSource open(Path shard) throws IOException;
    }

    /**
     * Opens every shard and checks it.
     *
     * @throws WeightsFormatException if the index or a shard is missing or wrong, or they disagree
     */
    Shards(Path index, Opener opener) throws IOException {
        this.index = index;
        Map<String, WeightSource> byFile = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, String> entry : readIndex(index).entrySet()) {
                WeightSource shard = byFile.get(entry.getValue());
                if (shard == null) {
                    shard = opener.open(file(index, entry.getValue()));
                    byFile.put(entry.getValue(), shard);
                }
                if (!shard.has(entry.getKey())) {
                    throw WeightsFormatException.ofTensor(
                            index, entry.getKey(), "is not in " + entry.getValue() + ", where weight_map says it is");
                }
                shardOf.put(entry.getKey(), shard);
            }
            for (WeightSource shard : byFile.values()) {
                for (String name : shard.names()) {
                    if (shardOf.get(name) != shard) {
                        throw WeightsFormatException.ofTensor(
                                index, name, "is in " + shard.origin() + ", which weight_map doesn't say");
                    }
                }
            }
            shards = List.copyOf(byFile.values());
        } catch (IOException | RuntimeException | Error e) {
            for (WeightSource shard : byFile.values()) {
                shard.close();
            }
            throw e;
        }
    }

    private static Path file(Path index, String name) throws WeightsFormatException {
        if (name.isEmpty() || name.contains("/") || name.contains("\\") || name.equals("..") || name.equals(".")) {
            throw new WeightsFormatException(
                    index, "weight_map names \"" + name + "\", expected a file name without path");
        }
        Path shard = index.resolveSibling(name);
        if (!Files.isRegularFile(shard)) {
            throw new WeightsFormatException(index, "the shard " + name + " is missing; copy it beside the index");
        }
        return shard;
    }

    private static Map<String, String> readIndex(Path index) throws IOException {
        if (!Files.isRegularFile(index)) {
            throw new WeightsFormatException(index, "no such file");
        }
        if (Files.size(index) > SafetensorsHeader.MAX_BYTES) {
            throw new WeightsFormatException(
                    index, "has " + Files.size(index) + " bytes, at most " + SafetensorsHeader.MAX_BYTES + " are read");
        }
        JsonNode root;
        try {
            root = JSON.readTree(Files.readAllBytes(index));
        } catch (JsonProcessingException e) {
            throw new WeightsFormatException(index, "is not valid JSON: " + e.getOriginalMessage(), e);
        }
        JsonNode map = root.path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw new WeightsFormatException(index, "has no weight_map from tensors to files");
        }
        Map<String, String> weightMap = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            if (!entry.getValue().isTextual()) {
                throw WeightsFormatException.ofTensor(
                        index, entry.getKey(), "is mapped to something else than a file name");
            }
            weightMap.put(entry.getKey(), entry.getValue().textValue());
        }
        return weightMap;
    }

    @Override
    public String origin() {
        return index.toString();
    }

    @Override
    public List<Path> files() {
        return shards.stream().map(shard -> Path.of(shard.origin())).toList();
    }

    /** Shard by shard, each in its file's order. */
    @Override
    public List<String> names() {
        List<String> names = new ArrayList<>();
        shards.forEach(shard -> names.addAll(shard.names()));
        return List.copyOf(names);
    }

    @Override
    public boolean has(String name) {
        return shardOf.containsKey(name);
    }

    @Override
    public Shape shape(String name) throws WeightsFormatException {
        return find(name).shape(name);
    }

    @Override
    public StoredDType dtype(String name) throws WeightsFormatException {
        return find(name).dtype(name);
    }

    /** Of all shards; where they disagree, the first one's. */
    @Override
    public Map<String, String> metadata() {
        Map<String, String> all = new LinkedHashMap<>();
        shards.forEach(shard -> shard.metadata().forEach(all::putIfAbsent));
        return all;
    }

    @Override
    public void readRows(String name, int from, int to, float[] target, int offset) throws IOException {
        find(name).readRows(name, from, to, target, offset);
    }

    @Override
    public double[] readDoubles(String name) throws IOException {
        return find(name).readDoubles(name);
    }

    @Override
    public long[] readLongs(String name) throws IOException {
        return find(name).readLongs(name);
    }

    @Override
    public Path file(String name) throws WeightsFormatException {
        return find(name).file(name);
    }

    @Override
    public void readStored(String name, int from, int count, ByteBuffer target) throws IOException {
        find(name).readStored(name, from, count, target);
    }

    private WeightSource find(String name) throws WeightsFormatException {
        WeightSource shard = shardOf.get(name);
        if (shard == null) {
            throw WeightsFormatException.ofTensor(
                    index, name, "is missing; the index names " + shardOf.size() + " others");
        }
        return shard;
    }

    @Override
    public void close() throws IOException {
        for (WeightSource shard : shards) {
            shard.close();
        }
    }
}
