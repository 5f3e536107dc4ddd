package io.reprise.model.pretrained;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reprise.weights.AtomicDirectory;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.ShardedSafetensors;
import io.reprise.weights.TensorEntry;
import io.reprise.weights.WeightFiles;
import io.reprise.weights.WeightSource;
import io.reprise.weights.WeightsFormatException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the upper part of a model as a model directory of its own: blocks L…n−1, final norm and unembedding (a tied one under
 * the embedding's name, which it is), the stored bytes as they are, in as many files as they come from. Whole or not at all; what
 * a killed attempt left aside is thrown away by the next one.
 */
public final class ModelSplit {
    /** What else a model directory has that says how text becomes tokens. */
    private static final List<String> TOKENIZER_SETTINGS = List.of("tokenizer_config.json", "special_tokens_map.json");

    /** Configs, indexes and tokenizers, on top of the weights. */
    private static final long SPARE = 1 << 20;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES) // a number is written as it was read
            .build();

    private final ModelDirectory source;
    private final Path target;
    private final PartOrigin origin;
    private final Progress progress;
    private long copied;
    private long total;

    private ModelSplit(ModelDirectory source, Path target, PartOrigin origin, Progress progress) {
        this.source = source;
        this.target = target;
        this.origin = origin;
        this.progress = progress;
    }

    /** Hears how copying gets on. */
    @FunctionalInterface
    public interface Progress {
        void at(long bytes, long of);
    }

    /**
     * What was written.
     *
     * @param nLayers of the whole
     * @param bytes of the tensors; none if it is a view
     * @param files with weights, by name
     */
    public record Written(PartOrigin origin, int nLayers, int tensors, long bytes, List<String> files) {
        public Written {
            files = List.copyOf(files);
        }
    }

    /**
     * Splits a model, or a part of one again.
     *
     * @param view copy no weights, and name the source's directory instead
     * @throws IllegalArgumentException if the source has no such block above its first, or anything is at {@code target}
     * @throws IOException if the source is not a model, or the part can't be written
     */
    public static Written split(Path source, int breakLayer, Path target, boolean view, Progress progress)
            throws IOException {
        AtomicDirectory.refuseExisting(target);
        try (ModelDirectory model = ModelDirectory.open(source)) {
            int first = model.part().map(PartOrigin::breakLayer).orElse(0);
            PartOrigin.requireBreakLayer(breakLayer, first + 1, model.config().nLayers(), source);
            model.checkUnchanged();
            Optional<String> viewOf = view ? Optional.of(between(target, model.weightsDirectory())) : Optional.empty();
            PartOrigin origin = new PartOrigin(
                    breakLayer,
                    model.part().map(PartOrigin::sourceName).orElseGet(() -> name(source)),
                    model.fingerprint(),
                    model.fingerprint(breakLayer),
                    viewOf);
            return new ModelSplit(model, target, origin, progress).write();
        }
    }

    private static String name(Path source) {
        Path name = source.toAbsolutePath().normalize().getFileName();
        return name == null ? source.toString() : name.toString();
    }

    /** The way from a directory that is yet to be made to another; absolute where there is none. */
    private static String between(Path target, Path weights) throws IOException {
        Path parent = target.toAbsolutePath().normalize().getParent();
        Files.createDirectories(parent);
        Path real = weights.toRealPath();
        try {
            return parent.toRealPath()
                    .resolve(target.getFileName())
                    .relativize(real)
                    .toString()
                    .replace('\\', '/');
        } catch (IllegalArgumentException e) {
            return real.toString(); // on another drive
        }
    }

    private Written write() throws IOException {
        Map<String, List<String>> files = origin.viewOf().isPresent() ? Map.of() : files();
        int tensors = 0;
        for (List<String> names : files.values()) {
            for (String name : names) {
                total += TensorEntry.copyOf(source.stored(), name, n -> {}).bytes();
                tensors++;
            }
        }
        requireSpace();
        try {
            AtomicDirectory.create(target, temporary -> {
                JSON.writer(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")))
                        .writeValue(temporary.resolve(source.configFile()).toFile(), config());
                copyTokenizer(temporary);
                for (Map.Entry<String, List<String>> file : files.entrySet()) {
                    copyTensors(temporary.resolve(file.getKey()), file.getValue());
                }
                if (files.size() > 1) {
                    writeIndex(temporary.resolve(ShardedSafetensors.INDEX), files);
                }
            });
        } catch (ModelFormatException | WeightsFormatException e) {
            throw e; // it is the source that is wrong
        } catch (FileSystemException e) {
            if (e.getReason() == null) {
                throw e; // a path that can't be written, whatever the space
            }
            throw failure(e);
        } catch (IOException e) {
            throw failure(e);
        }
        return new Written(origin, source.config().nLayers(), tensors, total, List.copyOf(files.keySet()));
    }

    private IOException failure(IOException e) {
        return new IOException(
                target + " could not be written, and nothing of it is left: " + e.getMessage()
                        + ". Is the disk full? It needs " + words(total) + "; --virtual copies nothing",
                e);
    }

    private void requireSpace() throws IOException {
        Path place = target.toAbsolutePath().normalize().getParent();
        Files.createDirectories(place);
        requireSpace(target, total + SPARE, place, Files.getFileStore(place).getUsableSpace());
    }

    /** @param free bytes that can still be written in {@code place} */
    static void requireSpace(Path target, long needed, Path place, long free) throws IOException {
        if (free < needed) {
            throw new IOException(target + " needs " + words(needed) + " of disk space, " + words(free)
                    + " are free in " + place + "; make room, choose another place, or copy nothing with --virtual");
        }
    }

    private static String words(long bytes) {
        double mebibytes = bytes / (double) (1 << 20);
        return mebibytes < 1024
                ? String.format(Locale.ROOT, "%.1f MiB", mebibytes)
                : String.format(Locale.ROOT, "%.1f GiB", mebibytes / 1024);
    }

    /** The part's files, by name, with the stored names of their tensors: as the source's, without those that are empty now. */
    private Map<String, List<String>> files() throws IOException {
        WeightSource stored = source.stored();
        List<String> needed = source.storedNames(origin.breakLayer());
        Map<Path, List<String>> bySource = new LinkedHashMap<>();
        for (String name : stored.names()) {
            if (needed.contains(name)) {
                bySource.computeIfAbsent(stored.file(name), file -> new ArrayList<>())
                        .add(name);
            }
        }
        Map<String, List<String>> files = new LinkedHashMap<>();
        int shard = 0;
        for (List<String> names : bySource.values()) {
            shard++;
            files.put(bySource.size() == 1 ? single() : shardName(shard, bySource.size()), names);
        }
        return files;
    }

    private String single() {
        return source.configFile().equals(TransformerLensFamily.CONFIG)
                ? TransformerLensFamily.WEIGHTS
                : WeightFiles.SINGLE;
    }

    private static String shardName(int shard, int shards) {
        return String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", shard, shards);
    }

    private ObjectNode config() throws IOException {
        ObjectNode config = (ObjectNode)
                JSON.readTree(source.path().resolve(source.configFile()).toFile());
        config.set(PartOrigin.KEY, JSON.valueToTree(origin.asJson()));
        return config;
    }

    private void copyTokenizer(Path temporary) throws IOException {
        List<String> names = new ArrayList<>(ModelExport.TOKENIZER);
        names.addAll(TOKENIZER_SETTINGS);
        for (String name : names) {
            if (Files.exists(source.path().resolve(name))) {
                Files.copy(source.path().resolve(name), temporary.resolve(name));
            }
        }
    }

    private void copyTensors(Path file, List<String> names) throws IOException {
        List<TensorEntry> entries = new ArrayList<>();
        for (String name : names) {
            entries.add(TensorEntry.copyOf(source.stored(), name, bytes -> {
                copied += bytes;
                progress.at(copied, total);
            }));
        }
        SafetensorsWriter.write(file, source.stored().metadata(), entries);
    }

    private void writeIndex(Path index, Map<String, List<String>> files) throws IOException {
        Map<String, Object> map = new LinkedHashMap<>();
        files.forEach((file, names) -> names.forEach(name -> map.put(name, file)));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("metadata", Map.of("total_size", total));
        json.put("weight_map", map);
        JsonFiles.write(index, json);
    }
}
