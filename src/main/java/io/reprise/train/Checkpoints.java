package io.reprise.train;

import io.reprise.backend.Backend;
import io.reprise.model.Parameters;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import io.reprise.weights.AtomicFile;
import io.reprise.weights.SafetensorsFile;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.TensorEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Checkpoints of a run: one safetensors file each, written aside and renamed, with a SHA-256 over state and tensors. Holds
 * weights, both Adam moments and the {@link TrainState}. The two newest stay, besides the best and those kept for analysis.
 */
public final class Checkpoints {
    private static final Pattern NAME = Pattern.compile("step-(\\d{9})\\.safetensors");
    private static final String DIGEST = "sha256";
    private static final String MODEL = "model.";
    private static final int RECENT = 2;

    private final Path directory;
    private final AtomicFile files;
    private final Backend backend;
    private OptionalLong lastSaved = OptionalLong.empty();

    public Checkpoints(Path directory, AtomicFile files, Backend backend) {
        this.directory = directory;
        this.files = files;
        this.backend = backend;
    }

    /** A checkpoint that was read and proved whole. */
    public record Found(Path file, TrainState state, Map<String, String> metadata) {}

    /** Whether a step is kept for analyses over training: 0, 1, 2, 4, 8, … */
    public static boolean isLogSpaced(long step) {
        return (step & (step - 1)) == 0;
    }

    /** The step saved last by this object. */
    OptionalLong lastSaved() {
        return lastSaved;
    }

    /** Weights with the lowest validation loss so far. */
    public Path best() {
        return directory.resolve("best.safetensors");
    }

    /**
     * The newest whole checkpoint. Broken ones are passed over, each with a sentence to {@code warn}.
     */
    public Optional<Found> latest(Consumer<String> warn) throws IOException {
        for (Path file : newestFirst()) {
            try {
                return Optional.of(whole(file));
            } catch (IOException | RuntimeException e) {
                warn.accept("checkpoint " + file.getFileName() + " is broken (" + e.getMessage()
                        + "); falling back to the one before it");
            }
        }
        return Optional.empty();
    }

    /** Every whole checkpoint, the oldest first. Broken ones are left out, each with a sentence to {@code warn}. */
    public List<Found> all(Consumer<String> warn) throws IOException {
        List<Found> all = new ArrayList<>();
        for (Path file : newestFirst()) {
            try {
                all.add(0, whole(file));
            } catch (IOException | RuntimeException e) {
                warn.accept("checkpoint " + file.getFileName() + " is broken (" + e.getMessage() + ") and left out");
            }
        }
        return all;
    }

    private static Found whole(Path file) throws IOException {
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            Map<String, String> metadata = new HashMap<>(source.metadata());
            List<TensorEntry> tensors = new ArrayList<>();
            for (String name : source.names()) {
                tensors.add(TensorEntry.of(name, source.shape(name), source.read(name)));
            }
            String expected = metadata.remove(DIGEST);
            metadata.remove("format");
            if (!digest(metadata, tensors).equals(expected)) {
                throw new IOException("its content does not match its SHA-256");
            }
            return new Found(file, TrainState.fromMetadata(metadata), metadata);
        }
    }

    /** Loads weights of a checkpoint or of {@link #best()} into {@code parameters}. */
    public void load(Path file, Parameters parameters) throws IOException {
        load(file, parameters.byName());
    }

    /** Loads the tensors of a checkpoint or of {@link #best()}, by name. */
    public void load(Path file, Map<String, Tensor> trained) throws IOException {
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            fill(source, MODEL, trained);
        }
    }

    TrainState restore(Found found, Map<String, Tensor> trained, AdamOptimizer optimizer) throws IOException {
        try (SafetensorsFile source = SafetensorsFile.open(found.file())) {
            fill(source, MODEL, trained);
            fill(source, "adam.m.", optimizer.firstMoments());
            fill(source, "adam.v.", optimizer.secondMoments());
        }
        lastSaved = OptionalLong.of(found.state().step());
        return found.state();
    }

    void save(TrainState state, Map<String, Tensor> trained, AdamOptimizer optimizer, boolean keepLogSpaced)
            throws IOException {
        List<TensorEntry> tensors = new ArrayList<>();
        add(tensors, MODEL, trained);
        add(tensors, "adam.m.", optimizer.firstMoments());
        add(tensors, "adam.v.", optimizer.secondMoments());
        write(directory.resolve(String.format("step-%09d.safetensors", state.step())), state.toMetadata(), tensors);
        lastSaved = OptionalLong.of(state.step());
        prune(state.step(), keepLogSpaced);
    }

    void saveBest(Map<String, Tensor> trained, long step) throws IOException {
        List<TensorEntry> tensors = new ArrayList<>();
        add(tensors, MODEL, trained);
        write(best(), Map.of("step", Long.toString(step)), tensors);
    }

    private void write(Path target, Map<String, String> state, List<TensorEntry> tensors) throws IOException {
        Map<String, String> metadata = new TreeMap<>(state);
        metadata.put(DIGEST, digest(state, tensors));
        Files.createDirectories(directory);
        files.replace(target, temporary -> {
            try (FileChannel out =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                SafetensorsWriter.write(out, metadata, tensors);
            }
        });
    }

    /** Removes what {@code newest}, which is on the disk, makes superfluous. */
    void prune(long newest, boolean keepLogSpaced) throws IOException {
        int recent = 0;
        for (Path file : newestFirst()) {
            // A later step is broken, and was passed over when training went on from an earlier one.
            boolean passedOver = step(file) > newest;
            boolean kept = !passedOver && (recent++ < RECENT || (keepLogSpaced && isLogSpaced(step(file))));
            if (!kept) {
                Files.deleteIfExists(file);
            }
        }
    }

    private List<Path> newestFirst() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(
                            path -> NAME.matcher(path.getFileName().toString()).matches())
                    .sorted(Comparator.comparingLong(Checkpoints::step).reversed())
                    .toList();
        }
    }

    private static long step(Path file) {
        Matcher matcher = NAME.matcher(file.getFileName().toString());
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
    }

    private void add(List<TensorEntry> tensors, String prefix, Map<String, Tensor> from) {
        from.forEach(
                (name, tensor) -> tensors.add(TensorEntry.of(prefix + name, tensor.shape(), backend.download(tensor))));
    }

    private void fill(SafetensorsFile source, String prefix, Map<String, Tensor> into) throws IOException {
        for (Map.Entry<String, Tensor> entry : into.entrySet()) {
            Shape shape = source.shape(prefix + entry.getKey());
            if (!shape.equals(entry.getValue().shape())) {
                throw new IOException(source.origin() + ": " + prefix + entry.getKey() + " is " + shape + ", expected "
                        + entry.getValue().shape() + "; the checkpoint is of another model");
            }
            backend.write(entry.getValue(), source.read(prefix + entry.getKey()));
        }
    }

    /** SHA-256 of the file that these would make without a digest of its own. */
    private static String digest(Map<String, String> state, List<TensorEntry> tensors) throws IOException {
        MessageDigest sha;
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        OutputStream sink = new DigestOutputStream(OutputStream.nullOutputStream(), sha);
        SafetensorsWriter.write(Channels.newChannel(sink), new TreeMap<>(state), tensors);
        return HexFormat.of().formatHex(sha.digest());
    }
}
