package io.reprise.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What we read of a tokenizer.json ourselves: which ids there are, and how each one's token is shown. */
final class TokenizerJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** What SentencePiece writes for a space. */
    private static final char SPACE_MARK = '\u2581';

    private final String json;
    private final Map<Integer, String> shown = new HashMap<>();
    private final int size;

    private TokenizerJson(Path file, String json, JsonNode root) throws TokenizerFormatException {
        this.json = json;
        JsonNode vocabulary = root.path("model").path("vocab");
        if (!vocabulary.isObject() && !vocabulary.isArray()) {
            throw new TokenizerFormatException(
                    file, "has no model.vocab; expected the tokenizer.json of a Hugging Face tokenizer");
        }
        boolean byteLevel = usesBytes(root.path("decoder"));
        if (vocabulary.isArray()) {
            for (int id = 0; id < vocabulary.size(); id++) { // unigram: [token, score]
                put(file, id, vocabulary.get(id).path(0), byteLevel);
            }
        } else {
            for (var token : vocabulary.properties()) {
                put(id(file, token.getKey(), token.getValue()), token.getKey(), byteLevel);
            }
        }
        for (JsonNode added : root.path("added_tokens")) {
            String content = added.path("content").asText();
            put(id(file, content, added.path("id")), content, false);
        }
        this.size = shown.keySet().stream().mapToInt(id -> id + 1).max().orElse(0);
        if (size == 0) {
            throw new TokenizerFormatException(file, "has no tokens");
        }
    }

    /** @param file for messages */
    static TokenizerJson parse(Path file, String json) throws TokenizerFormatException {
        try {
            return new TokenizerJson(file, json, JSON.readTree(json));
        } catch (JsonProcessingException e) {
            throw new TokenizerFormatException(file, "is not valid JSON: " + e.getOriginalMessage());
        }
    }

    String json() {
        return json;
    }

    int size() {
        return size;
    }

    String token(int id) {
        String token = shown.get(id);
        return token == null ? TokenBytes.unused(id) : token;
    }

    boolean has(int id) {
        return shown.containsKey(id);
    }

    private static boolean usesBytes(JsonNode decoder) {
        if (decoder.path("type").asText().equals("ByteLevel")) {
            return true;
        }
        for (JsonNode part : decoder.path("decoders")) {
            if (usesBytes(part)) {
                return true;
            }
        }
        return false;
    }

    static int id(Path file, String token, JsonNode id) throws TokenizerFormatException {
        if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
            throw new TokenizerFormatException(
                    file, "token \"" + token + "\" has id " + id + ", expected a whole number from 0");
        }
        return id.intValue();
    }

    private void put(Path file, int id, JsonNode token, boolean byteLevel) throws TokenizerFormatException {
        if (!token.isTextual()) {
            throw new TokenizerFormatException(file, "model.vocab[" + id + "] is not [token, score]");
        }
        put(id, token.textValue(), byteLevel);
    }

    private void put(int id, String token, boolean byteLevel) {
        shown.put(
                id,
                (byteLevel ? TokenBytes.ofByteLevel(token) : Optional.<byte[]>empty())
                        .map(TokenBytes::shown)
                        .orElseGet(() -> TokenBytes.shown(token.replace(SPACE_MARK, ' '))));
    }
}
