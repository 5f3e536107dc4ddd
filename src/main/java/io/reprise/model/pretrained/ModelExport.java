package io.reprise.model.pretrained;

import io.reprise.backend.Scope;
import io.reprise.model.ModelConfig;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Shape;
import io.reprise.weights.AtomicDirectory;
import io.reprise.weights.AtomicFile;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.TensorEntry;
import io.reprise.weights.WeightFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes model directories, whole or not at all. Beside the model stand its vocabulary and {@code expected.safetensors}: token
 * ids and the logits that we compute of them, for the scripts that compare with Python.
 */
public final class ModelExport {
    static final String EXPECTED = "expected.safetensors";

    /** Tokenizer files, as {@link io.reprise.text.Tokenizers} reads them. */
    static final List<String> TOKENIZER =
            List.of(VocabularyFile.NAME, "tokenizer.json", "vocab.json", "merges.txt", "added_tokens.json");

    /** What a directory that may be replaced can hold. */
    private static final Set<String> OURS = Stream.concat(
                    TOKENIZER.stream(),
                    Stream.of(
                            ModelDirectory.CONFIG,
                            WeightFiles.SINGLE,
                            TransformerLensFamily.CONFIG,
                            TransformerLensFamily.WEIGHTS,
                            EXPECTED))
            .collect(Collectors.toUnmodifiableSet());

    /** Formats, best first. */
    public enum Format {
        /** config.json and model.safetensors, for transformers. */
        GPT2,
        /** transformer_lens.json and transformer_lens.safetensors. */
        TRANSFORMER_LENS;

        /** Why a model of this config can't be written so; empty if it can. */
        public Optional<String> obstacle(ModelConfig config) {
            return writer().obstacle(config);
        }

        ModelWriter writer() {
            return switch (this) {
                case GPT2 -> new Gpt2Writer();
                case TRANSFORMER_LENS -> new TransformerLensWriter();
            };
        }
    }

    private ModelExport() {}

    /** The first format that can hold a model of this config. */
    public static Format formatFor(ModelConfig config) {
        return Format.GPT2.obstacle(config).isEmpty() ? Format.GPT2 : Format.TRANSFORMER_LENS;
    }

    /**
     * Writes {@code directory} aside and puts it in its place, replacing a model directory that was there.
     *
     * @param vocabulary tokens in the order of their ids
     * @throws IllegalArgumentException if the format can't hold the model, with the reason, or {@code directory} holds other files
     */
    public static void write(
            Path directory, Format format, Transformer model, Optional<List<String>> vocabulary, Tokens sample)
            throws IOException {
        Optional<String> obstacle = format.obstacle(model.config());
        if (obstacle.isPresent()) {
            throw new IllegalArgumentException("this model can't be written as " + format + ": " + obstacle.get());
        }
        write(directory, format.writer(), model, sample, temporary -> {
            if (vocabulary.isPresent()) {
                VocabularyFile.write(temporary, vocabulary.get(), model.config().dVocab());
            }
        });
    }

    /**
     * As above, for a model made from that of another directory: of the same family where that is the transformers library's,
     * with its tokenizer files.
     *
     * @param origin directory of the model that it was made from
     * @throws IllegalArgumentException if it has weights that the family hasn't
     */
    public static void writeLike(Path origin, Path directory, Transformer model) throws IOException {
        ModelWriter writer;
        try (ModelDirectory source = ModelDirectory.open(origin)) {
            writer = source.writer();
        }
        write(directory, writer, model, sample(model.config()), temporary -> {
            for (String name : TOKENIZER) {
                if (Files.exists(origin.resolve(name))) {
                    Files.copy(origin.resolve(name), temporary.resolve(name));
                }
            }
        });
    }

    private static void write(
            Path directory, ModelWriter writer, Transformer model, Tokens sample, AtomicFile.Filler tokens)
            throws IOException {
        AtomicDirectory.replace(directory, OURS, temporary -> {
            writer.write(temporary, model);
            tokens.fill(temporary);
            writeExpected(temporary, model, sample);
        });
    }

    /** Two sequences that visit much of the vocabulary, as long as the context allows, up to 32. */
    public static Tokens sample(ModelConfig config) {
        int length = Math.min(32, config.nCtx());
        int[] ids = new int[2 * length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) (((i * 2654435761L) >>> 7) % config.dVocab());
        }
        return new Tokens(ids, 2, length);
    }

    private static void writeExpected(Path directory, Transformer model, Tokens sample) throws IOException {
        long[] ids = new long[sample.rows()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = sample.ids()[i];
        }
        float[] logits;
        try (Scope scope = model.backend().scope()) {
            logits = model.backend().download(model.logits(sample));
        }
        int dVocab = model.config().dVocab();
        SafetensorsWriter.write(
                directory.resolve(EXPECTED),
                Map.of("backend", model.backend().name()),
                List.of(
                        TensorEntry.of("input_ids", Shape.of(sample.batch(), sample.length()), ids),
                        TensorEntry.of("logits", Shape.of(sample.batch(), sample.length(), dVocab), logits)));
    }
}
