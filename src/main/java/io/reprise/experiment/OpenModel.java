package io.reprise.experiment;

import io.reprise.backend.Backend;
import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.model.ModelConfig;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.model.pretrained.Residency;
import io.reprise.run.RunLayout;
import io.reprise.tensor.DType;
import io.reprise.text.Tokenizer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** A model directory or a run's model, opened to be looked into. Weights are read when they are first asked for. */
public final class OpenModel implements Closeable {
    /** Of the heap, what may be weights; the rest is for activations and everything else. */
    private static final double SHARE = 0.75;

    private final Backend backend;
    private final ModelDirectory directory;
    private final Transformer model;
    private final Path path;

    private OpenModel(Backend backend, ModelDirectory directory, Transformer model, Path path) {
        this.backend = backend;
        this.directory = directory;
        this.model = model;
        this.path = path;
    }

    /**
     * @param path a model directory, or a run directory
     * @param stream keep one layer in memory at a time; done anyway, and said in {@code notes}, where all don't fit
     * @throws IllegalArgumentException if not even one layer fits the memory, or it is the part of a model, which can't run
     *     from tokens
     */
    public static OpenModel open(Path path, BackendChoice backend, int threads, boolean stream, Consumer<String> notes)
            throws IOException {
        return open(path, true, new Arithmetic(backend, threads, DType.FLOAT32), stream, notes);
    }

    /** The same, with the arithmetic of one's choice. */
    static OpenModel open(Path path, Arithmetic arithmetic, boolean stream, Consumer<String> notes) throws IOException {
        return open(path, true, arithmetic, stream, notes);
    }

    /** The same, but a part of a model will do. */
    static OpenModel openPart(Path path, Arithmetic arithmetic, boolean stream, Consumer<String> notes)
            throws IOException {
        return open(path, false, arithmetic, stream, notes);
    }

    private static OpenModel open(
            Path path, boolean whole, Arithmetic arithmetic, boolean stream, Consumer<String> notes)
            throws IOException {
        Path own = directory(path);
        Backend opened = Backends.open(arithmetic);
        ModelDirectory directory = null;
        try {
            opened.warmUp();
            directory = ModelDirectory.open(own);
            if (whole) {
                directory.requireWhole();
            }
            Residency residency = residency(directory, stream, notes);
            return new OpenModel(opened, directory, directory.transformer(opened, residency), own);
        } catch (IOException | RuntimeException | Error e) {
            if (directory != null) {
                directory.close();
            }
            opened.close();
            throw e;
        }
    }

    /** A run directory's model is the directory below it. */
    public static Path directory(Path path) {
        Path ofRun = new RunLayout(path).model();
        return Files.isDirectory(ofRun) && Files.exists(new RunLayout(path).config()) ? ofRun : path;
    }

    private static Residency residency(ModelDirectory model, boolean stream, Consumer<String> notes) {
        ModelConfig config = model.config();
        long heap = Runtime.getRuntime().maxMemory();
        long one = Residency.ONE_LAYER.bytes(config, model.firstLayer());
        if (one > SHARE * heap) {
            throw new IllegalArgumentException("one layer of the model needs " + words(one) + ", Java has "
                    + words(heap) + "; set REPRISE_JAVA_OPTS=-Xmx with more");
        }
        if (stream) {
            return Residency.ONE_LAYER;
        }
        long all = Residency.ALL.bytes(config, model.firstLayer());
        if (all <= SHARE * heap) {
            return Residency.ALL;
        }
        notes.accept("the model's weights are " + words(all) + ", Java has " + words(heap)
                + ": one layer is kept at a time. With REPRISE_JAVA_OPTS=-Xmx"
                + (long) Math.ceil(all / SHARE / (1 << 30))
                + "g all stay");
        return Residency.ONE_LAYER;
    }

    private static String words(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1 << 30));
    }

    public ModelDirectory directory() {
        return directory;
    }

    /** Where the model's files are. */
    public Path path() {
        return path;
    }

    public Transformer model() {
        return model;
    }

    public Optional<Tokenizer> tokenizer() throws IOException {
        return directory.tokenizer();
    }

    @Override
    public void close() throws IOException {
        try {
            directory.close();
        } finally {
            backend.close();
        }
    }
}
