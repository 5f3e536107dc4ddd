package io.reprise.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The older form of a byte-level BPE tokenizer (GPT-2's): vocab.json, token → id, and merges.txt, a pair per line in order of rank,
 * after an optional version line; added_tokens.json, token → id, if there is one. Written as the tokenizer.json that means the same.
 */
final class BpeFiles {
    static final String VOCABULARY = "vocab.json";
    static final String MERGES = "merges.txt";
    static final String ADDED = "added_tokens.json";
    /** The one special token of GPT-2's vocabulary. */
    static final String END_OF_TEXT = "<|endoftext|>";

    private static final ObjectMapper JSON = new ObjectMapper();

    private BpeFiles() {}

    static String toTokenizerJson(Path directory) throws IOException {
        Path vocabularyFile = directory.resolve(VOCABULARY);
        ObjectNode vocabulary = object(vocabularyFile);
        for (var token : vocabulary.properties()) {
            TokenizerJson.id(vocabularyFile, token.getKey(), token.getValue());
        }
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0");
        root.putNull("truncation");
        root.putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        if (vocabulary.has(END_OF_TEXT)) {
            added.add(added(END_OF_TEXT, vocabulary.get(END_OF_TEXT).intValue()));
        }
        Path addedFile = directory.resolve(ADDED);
        if (Files.exists(addedFile)) {
            ObjectNode more = object(addedFile);
            for (var token : more.properties()) {
                int id = TokenizerJson.id(addedFile, token.getKey(), token.getValue());
                if (!token.getKey().equals(END_OF_TEXT)) {
                    added.add(added(token.getKey(), id));
                }
            }
        }
        root.putNull("normalizer");
        root.set("pre_tokenizer", byteLevel());
        root.putNull("post_processor");
        root.set("decoder", byteLevel());
        ObjectNode model = root.putObject("model").put("type", "BPE");
        model.putNull("dropout").putNull("unk_token");
        model.put("continuing_subword_prefix", "").put("end_of_word_suffix", "");
        model.put("fuse_unk", false).put("byte_fallback", false);
        model.set("vocab", vocabulary);
        merges(model.putArray("merges"), directory.resolve(MERGES), vocabulary);
        return root.toString();
    }

    private static void merges(ArrayNode merges, Path file, ObjectNode vocabulary) throws IOException {
        List<String> lines = text(file).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isEmpty() || (i == 0 && line.startsWith("#version"))) {
                continue;
            }
            String[] pair = line.split(" ", -1);
            if (pair.length != 2 || pair[0].isEmpty() || pair[1].isEmpty()) {
                throw new TokenizerFormatException(
                        file, "line " + (i + 1) + " is \"" + line + "\", expected two symbols with one space between");
            }
            for (String symbol : List.of(pair[0], pair[1], pair[0] + pair[1])) {
                if (!vocabulary.has(symbol)) {
                    throw new TokenizerFormatException(
                            file,
                            "line " + (i + 1) + ": \"" + symbol + "\" is not in " + VOCABULARY
                                    + "; the two files are of different tokenizers");
                }
            }
            merges.addArray().add(pair[0]).add(pair[1]);
        }
    }

    private static ObjectNode object(Path file) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(text(file));
        } catch (JsonProcessingException e) {
            throw new TokenizerFormatException(file, "is not valid JSON: " + e.getOriginalMessage());
        }
        if (!(root instanceof ObjectNode object)) {
            throw new TokenizerFormatException(file, "is not a JSON object of token: id");
        }
        return object;
    }

    static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new TokenizerFormatException(file, "is not UTF-8 text");
        }
    }

    private static ObjectNode added(String token, int id) {
        ObjectNode added = JSON.createObjectNode().put("id", id).put("content", token);
        added.put("single_word", false).put("lstrip", false).put("rstrip", false);
        return added.put("normalized", false).put("special", true);
    }

    private static ObjectNode byteLevel() {
        ObjectNode part = JSON.createObjectNode().put("type", "ByteLevel");
        return part.put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", true);
    }
}
