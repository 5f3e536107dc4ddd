package io.reprise.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardedSafetensorsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/goldens/gpt2/model.safetensors");

    @TempDir
    Path directory;

    @Test
    void shardedEqualsSingleBitForBit() throws IOException {
        Path index = split(3);
        try (SafetensorsFile single = SafetensorsFile.open(GOLDEN);
                ShardedSafetensors sharded = ShardedSafetensors.open(index)) {
            assertThat(sharded.names()).containsExactlyInAnyOrderElementsOf(single.names());
            assertThat(sharded.metadata()).containsEntry("format", "pt");
            for (String name : single.names()) {
                assertThat(sharded.shape(name)).isEqualTo(single.shape(name));
                assertThat(sharded.dtype(name)).isEqualTo(single.dtype(name));
                assertThat(sharded.read(name)).containsExactly(single.read(name));
                assertThat(sharded.readDoubles(name)).containsExactly(single.readDoubles(name));
            }
            assertThat(sharded.rows("transformer.wte.weight", 3, 5))
                    .containsExactly(single.rows("transformer.wte.weight", 3, 5));
        }
    }

    @Test
    void aDirectoryOpensItsSingleFileOrItsShards() throws IOException {
        split(2);
        try (WeightSource source = WeightFiles.open(directory)) {
            assertThat(source).isInstanceOf(ShardedSafetensors.class);
        }
        Files.copy(GOLDEN, directory.resolve("model.safetensors"));
        assertThatThrownBy(() -> WeightFiles.open(directory))
                .isInstanceOf(WeightsFormatException.class)
                .hasMessageContaining("both model.safetensors and model.safetensors.index.json");
        Files.delete(directory.resolve("model.safetensors.index.json"));
        try (WeightSource source = WeightFiles.open(directory)) {
            assertThat(source).isInstanceOf(SafetensorsFile.class);
        }
        Files.delete(directory.resolve("model.safetensors"));
        assertThatThrownBy(() -> WeightFiles.open(directory))
                .isInstanceOf(WeightsFormatException.class)
                .hasMessageContaining(
                        "has no weights; expected model.safetensors or model.safetensors.index.json, or pytorch_model.bin");
    }

    @Test
    void aMissingShardIsNamed() throws IOException {
        Path index = split(3);
        Files.delete(directory.resolve("model-00002-of-00003.safetensors"));
        refused(index, "the shard model-00002-of-00003.safetensors is missing; copy it beside the index");
    }

    @Test
    void theIndexAndTheShardsMustNameTheSameTensors() throws IOException {
        Path index = split(2);
        String original = Files.readString(index);
        Files.writeString(index, original.replaceFirst("\"transformer.wpe.weight\":\"[^\"]*\",?", ""));
        refused(index, "tensor \"transformer.wpe.weight\" is in ");
        Files.writeString(index, original.replaceFirst("transformer.wpe.weight", "transformer.wpf.weight"));
        refused(index, "tensor \"transformer.wpf.weight\" is not in model-0000");
    }

    @Test
    void aTensorInTwoShardsIsRefused() throws IOException {
        Path index = split(2);
        Path first = directory.resolve("model-00001-of-00002.safetensors");
        List<TensorEntry> entries = new ArrayList<>();
        try (SafetensorsFile shard = SafetensorsFile.open(first);
                SafetensorsFile single = SafetensorsFile.open(GOLDEN)) {
            for (String name : shard.names()) {
                entries.add(TensorEntry.of(name, shard.shape(name), shard.read(name)));
            }
            String other = single.names().stream()
                    .filter(name -> !shard.has(name))
                    .findFirst()
                    .orElseThrow();
            entries.add(TensorEntry.of(other, single.shape(other), single.read(other)));
        }
        SafetensorsWriter.writeAtomically(first, Map.of(), entries);
        refused(index, "which weight_map doesn't say");
    }

    @Test
    void brokenIndexesAreRefused() throws IOException {
        Path index = directory.resolve(ShardedSafetensors.INDEX);
        refused(index, "no such file");
        refusedIndex("{", "not valid JSON");
        refusedIndex("[]", "has no weight_map");
        refusedIndex("{\"weight_map\":{}}", "has no weight_map");
        refusedIndex("{\"weight_map\":{\"w\":1}}", "tensor \"w\" is mapped to something else than a file name");
        refusedIndex("{\"weight_map\":{\"w\":\"a\",\"w\":\"b\"}}", "Duplicate");
        refusedIndex("{\"weight_map\":{\"w\":\"../secret\"}}", "expected a file name without path");
        refusedIndex("{\"weight_map\":{\"w\":\"..\"}}", "expected a file name without path");
    }

    @Test
    void aBrokenShardIsRefusedByItsOwnName() throws IOException {
        Path index = split(2);
        Path second = directory.resolve("model-00002-of-00002.safetensors");
        byte[] bytes = Files.readAllBytes(second);
        Files.write(second, java.util.Arrays.copyOf(bytes, bytes.length - 1));
        assertThatThrownBy(() -> ShardedSafetensors.open(index))
                .isInstanceOf(WeightsFormatException.class)
                .hasMessageStartingWith(second + ": ")
                .hasMessageContaining("truncated");
    }

    private void refusedIndex(String text, String message) throws IOException {
        refused(Files.writeString(directory.resolve(ShardedSafetensors.INDEX), text), message);
    }

    private static void refused(Path index, String message) {
        assertThatThrownBy(() -> ShardedSafetensors.open(index))
                .isInstanceOf(WeightsFormatException.class)
                .hasMessageStartingWith(index + ": ")
                .hasMessageContaining(message);
    }

    /** The golden dealt to {@code count} shards in turn. */
    private Path split(int count) throws IOException {
        StringBuilder map = new StringBuilder();
        List<List<TensorEntry>> shards = new ArrayList<>();
        try (SafetensorsFile single = SafetensorsFile.open(GOLDEN)) {
            for (int i = 0; i < count; i++) {
                shards.add(new ArrayList<>());
            }
            for (int i = 0; i < single.names().size(); i++) {
                String name = single.names().get(i);
                shards.get(i % count).add(TensorEntry.of(name, single.shape(name), single.read(name)));
                map.append(map.isEmpty() ? "" : ",").append('"' + name + "\":\"" + shard(i % count, count) + '"');
            }
        }
        for (int i = 0; i < count; i++) {
            SafetensorsWriter.writeAtomically(directory.resolve(shard(i, count)), Map.of(), shards.get(i));
        }
        String text = "{\"metadata\":{\"total_size\":1},\"weight_map\":{" + map + "}}";
        return Files.writeString(directory.resolve(ShardedSafetensors.INDEX), text);
    }

    private static String shard(int i, int count) {
        return String.format("model-%05d-of-%05d.safetensors", i + 1, count);
    }
}
