package io.reprise.model.pretrained;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A toy's tokens beside its weights: a JSON list of strings in the order of their ids. */
final class VocabularyFile {
    static final String NAME = "vocabulary.json";

    private static final ObjectMapper JSON = new ObjectMapper();

    private VocabularyFile() {}

    static Optional<List<String>> read(Path directory, int dVocab) throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode root;
        try {
            root = JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(file, "is not valid JSON: " + e.getOriginalMessage());
        }
        List<String> tokens = new ArrayList<>();
        root.forEach(token -> tokens.add(token.isTextual() ? token.textValue() : ""));
        if (!root.isArray() || tokens.contains("")) {
            throw new ModelFormatException(file, "is not a list of non-empty strings");
        }
        if (tokens.size() != dVocab) {
            throw new ModelFormatException(
                    file, "has " + tokens.size() + " tokens, expected " + dVocab + ", the model's d_vocab");
        }
        return Optional.of(List.copyOf(tokens));
    }

    static void write(Path directory, List<String> tokens, int dVocab) throws IOException {
        if (tokens.size() != dVocab) {
            throw new IllegalArgumentException(
                    "the vocabulary has " + tokens.size() + " tokens, expected " + dVocab + ", the model's d_vocab");
        }
        Files.write(directory.resolve(NAME), JSON.writeValueAsBytes(tokens));
    }
}
