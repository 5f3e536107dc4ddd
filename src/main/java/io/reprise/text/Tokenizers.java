package io.reprise.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the tokenizer of a model directory. */
public final class Tokenizers {
    static final String TOY = "vocabulary.json";
    static final String FILES = HuggingFaceTokenizer.FILE + ", " + BpeFiles.VOCABULARY + " with " + BpeFiles.MERGES
            + ", and a toy's " + TOY;

    private static final ObjectMapper JSON = new ObjectMapper();

    private Tokenizers() {}

    /**
     * The tokenizer of a model directory: tokenizer.json, else vocab.json with merges.txt, else a toy's vocabulary.json, else GPT-2's
     * own if the model says that it is one; empty if there is none of these.
     *
     * @param dVocab rows of the model's embedding; the tokenizer may have fewer ids (rows that pad), never more
     * @param gpt2 whether the model's family is GPT-2, whose tokens are known without a file when dVocab is theirs
     * @throws TokenizerFormatException if a file can't be read as what it should be, or has more ids than the model
     */
    public static Optional<Tokenizer> find(Path directory, int dVocab, boolean gpt2) throws IOException {
        Path whole = directory.resolve(HuggingFaceTokenizer.FILE);
        Path vocabulary = directory.resolve(BpeFiles.VOCABULARY);
        Path merges = directory.resolve(BpeFiles.MERGES);
        Path toy = directory.resolve(TOY);
        if (Files.exists(whole)) {
            return Optional.of(fitting(whole, HuggingFaceTokenizer.read(whole), dVocab));
        }
        if (Files.exists(vocabulary) != Files.exists(merges)) {
            throw new TokenizerFormatException(
                    directory,
                    Files.exists(merges)
                            ? "has merges.txt without vocab.json; a tokenizer needs both"
                            : "has vocab.json without merges.txt; a tokenizer needs both");
        }
        if (Files.exists(vocabulary)) {
            return Optional.of(fitting(vocabulary, HuggingFaceTokenizer.readVocabularyAndMerges(directory), dVocab));
        }
        if (Files.exists(toy)) {
            return Optional.of(fitting(toy, new VocabularyTokenizer(toy(toy)), dVocab));
        }
        return gpt2 && dVocab == JtokkitTokenizer.SIZE ? Optional.of(new JtokkitTokenizer()) : Optional.empty();
    }

    /**
     * As {@link #find}, but having none is an error.
     *
     * @throws MissingTokenizerException naming the files that were looked for, and what can be given instead of text
     */
    public static Tokenizer open(Path directory, int dVocab, boolean gpt2) throws IOException {
        Optional<Tokenizer> found = find(directory, dVocab, gpt2);
        if (found.isEmpty()) {
            throw new MissingTokenizerException(directory);
        }
        return found.get();
    }

    private static Tokenizer fitting(Path file, Tokenizer tokenizer, int dVocab) throws TokenizerFormatException {
        if (tokenizer.size() > dVocab) {
            throw new TokenizerFormatException(
                    file,
                    "has " + tokenizer.size() + " token ids, but the model's embedding only " + dVocab
                            + " rows (d_vocab); tokenizer and model do not belong together");
        }
        return tokenizer;
    }

    private static Vocabulary toy(Path file) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new TokenizerFormatException(file, "is not valid JSON: " + e.getOriginalMessage());
        }
        List<String> tokens = new ArrayList<>();
        root.forEach(token -> tokens.add(token.isTextual() ? token.textValue() : ""));
        if (!root.isArray() || tokens.isEmpty() || tokens.contains("")) {
            throw new TokenizerFormatException(file, "is not a list of non-empty strings");
        }
        try {
            return Vocabulary.of(tokens);
        } catch (IllegalArgumentException e) {
            throw new TokenizerFormatException(file, e.getMessage());
        }
    }

    static String describe(String kind, List<Path> files) throws IOException {
        List<String> digests = new ArrayList<>();
        for (Path file : files) {
            digests.add(file.getFileName() + " sha256 " + sha256(Files.readAllBytes(file)));
        }
        return kind + digests.stream().collect(Collectors.joining(", ", " (", ")"));
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
