package io.reprise.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Prompts in order, each with the place that it came from, for messages. In a file they are JSON lines: {@code {"text": "…"}} or
 * {@code {"tokens": [464, 3290]}}, either with an {@code "id"}; blank lines are skipped.
 */
public final class Prompts {
    private static final Set<String> KEYS = new TreeSet<>(List.of("id", "text", "tokens"));
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private final List<Prompt> prompts;
    private final List<String> places;

    private Prompts(List<Prompt> prompts, List<String> places) {
        this.prompts = List.copyOf(prompts);
        this.places = List.copyOf(places);
        Map<String, String> ids = new HashMap<>();
        for (int i = 0; i < prompts.size(); i++) {
            String earlier = ids.put(name(i), places.get(i));
            if (earlier != null) {
                throw new IllegalArgumentException(
                        places.get(i) + ": the name \"" + name(i) + "\" is taken by " + earlier);
            }
        }
    }

    /** The JSON lines of {@code file}. */
    public static Prompts read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + ": " + (Files.exists(file) ? "is not a file" : "no such file"));
        }
        List<String> lines = lines(file);
        List<Prompt> prompts = new ArrayList<>();
        List<String> places = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                String place = file + ", line " + (i + 1);
                prompts.add(prompt(place, lines.get(i)));
                places.add(place);
            }
        }
        if (prompts.isEmpty()) {
            throw new IllegalArgumentException(
                    file + ": has no prompts; expected a line {\"text\": \"…\"} or {\"tokens\": [464, 3290]} for each");
        }
        return new Prompts(prompts, places);
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            return Files.readString(file).lines().toList();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": is not UTF-8 text", e);
        }
    }

    /** Texts as given on a command line. */
    public static Prompts of(List<String> texts) {
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("no prompt was given");
        }
        List<Prompt> prompts = new ArrayList<>();
        List<String> places = new ArrayList<>();
        for (String text : texts) {
            String place = texts.size() == 1 ? "the prompt" : "prompt " + (prompts.size() + 1);
            if (text.isEmpty()) {
                throw new IllegalArgumentException(place + " is empty");
            }
            prompts.add(new Prompt.Text(Optional.empty(), text));
            places.add(place);
        }
        return new Prompts(prompts, places);
    }

    /** One prompt of token ids, as given on a command line. */
    public static Prompts ofTokens(List<Integer> tokens) {
        return new Prompts(List.of(new Prompt.Tokens(Optional.empty(), tokens)), List.of("the prompt"));
    }

    public int size() {
        return prompts.size();
    }

    public List<Prompt> all() {
        return prompts;
    }

    /** The prompt's id, else its place in the list, from 0. Unique. */
    public String name(int index) {
        return prompts.get(index).id().orElse(Integer.toString(index));
    }

    /** Where prompt {@code index} was given, for messages: {@code prompts.jsonl, line 3}. */
    public String place(int index) {
        return places.get(index);
    }

    /**
     * The token ids of every prompt, in order.
     *
     * @param tokenizer may be missing if every prompt is given as token ids
     * @throws MissingTokenizerException if a prompt is text and there is no tokenizer
     * @throws IllegalArgumentException if a text can't be encoded, or has no tokens
     */
    public List<int[]> encode(Optional<Tokenizer> tokenizer) throws MissingTokenizerException {
        List<int[]> encoded = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            encoded.add(encode(i, tokenizer));
        }
        return encoded;
    }

    private int[] encode(int index, Optional<Tokenizer> tokenizer) throws MissingTokenizerException {
        Prompt prompt = prompts.get(index);
        if (prompt instanceof Prompt.Tokens given) {
            return given.tokens().stream().mapToInt(Integer::intValue).toArray();
        }
        if (tokenizer.isEmpty()) {
            throw new MissingTokenizerException(places.get(index) + " is text, but the model directory");
        }
        int[] ids;
        try {
            ids = tokenizer.get().encode(((Prompt.Text) prompt).text());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(places.get(index) + ": " + e.getMessage(), e);
        }
        if (ids.length == 0) {
            throw new IllegalArgumentException(places.get(index) + ": the text has no tokens");
        }
        return ids;
    }

    private static Prompt prompt(String place, String line) {
        JsonNode root;
        try {
            root = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(place + ": is not valid JSON: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw new IllegalArgumentException(place + ": expected {\"text\": \"…\"} or {\"tokens\": [464, 3290]}");
        }
        for (Iterator<String> keys = root.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(place + ": unknown key \"" + key + "\"; expected some of " + KEYS);
            }
        }
        if (root.has("text") == root.has("tokens")) {
            throw new IllegalArgumentException(place + ": has " + (root.has("text") ? "both" : "neither of")
                    + " \"text\" and \"tokens\"; expected one of them");
        }
        try {
            Optional<String> id = root.has("id") ? Optional.of(string(root.get("id"), "id")) : Optional.empty();
            return root.has("text")
                    ? new Prompt.Text(id, string(root.get("text"), "text"))
                    : new Prompt.Tokens(id, ids(root.get("tokens")));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
    }

    private static String string(JsonNode value, String key) {
        if (key.equals("id") && value.isIntegralNumber()) {
            return value.asText();
        }
        if (!value.isTextual() || (key.equals("id") && value.textValue().isBlank())) {
            throw new IllegalArgumentException("\"" + key + "\" is " + value + ", expected a string");
        }
        return value.textValue();
    }

    private static List<Integer> ids(JsonNode value) {
        List<Integer> ids = new ArrayList<>();
        for (JsonNode id : value) {
            if (!id.isIntegralNumber() || !id.canConvertToInt()) {
                throw new IllegalArgumentException("token id " + id + " is not a whole number");
            }
            ids.add(id.intValue());
        }
        if (!value.isArray()) {
            throw new IllegalArgumentException("\"tokens\" is " + value + ", expected a list of token ids");
        }
        return ids;
    }
}
