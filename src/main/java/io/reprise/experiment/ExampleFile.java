package io.reprise.experiment;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reprise.analysis.probe.LabelledExample;
import io.reprise.analysis.probe.Part;
import io.reprise.analysis.probe.ProbeData;
import io.reprise.text.MissingTokenizerException;
import io.reprise.text.Tokenizer;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Labelled examples as JSON lines: {@code {"text": "…", "label": "…"}} or {@code {"tokens": [464, 3290], "label": "…"}}. A
 * {@code "group"} keeps examples in one part of the split, a {@code "split"} (train, validation or test; on all lines or none)
 * names the part. Blank lines are skipped.
 */
final class ExampleFile {
    /** The label of examples that are only to be predicted. */
    static final String UNLABELLED = "?";

    private static final TreeSet<String> KEYS = new TreeSet<>(List.of("group", "label", "split", "text", "tokens"));
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private final Path file;
    private final List<LabelledExample> examples = new ArrayList<>();
    private final List<Optional<Part>> parts = new ArrayList<>();

    private ExampleFile(Path file) {
        this.file = file;
    }

    /**
     * @param tokenizer may be missing if every example is given as token ids
     * @param labelled whether every line must have a label
     * @throws IllegalArgumentException naming the line that is wrong
     */
    static ExampleFile read(Path file, Optional<Tokenizer> tokenizer, boolean labelled) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + ": " + (Files.exists(file) ? "is not a file" : "no such file"));
        }
        ExampleFile read = new ExampleFile(file);
        List<String> lines;
        try {
            lines = Files.readString(file).lines().toList();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": is not UTF-8 text", e);
        }
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                read.add(lines.get(i), file.getFileName() + ", line " + (i + 1), tokenizer, labelled);
            }
        }
        if (read.examples.isEmpty()) {
            throw new IllegalArgumentException(
                    file + ": has no examples; expected a line {\"text\": \"…\", \"label\": \"…\"} for each");
        }
        long named = read.parts.stream().filter(Optional::isPresent).count();
        if (named > 0 && named < read.parts.size()) {
            int lacking = read.parts.indexOf(Optional.<Part>empty());
            throw new IllegalArgumentException(read.examples.get(lacking).where()
                    + ": has no \"split\", and other lines have one; give it to all or none");
        }
        return read;
    }

    List<LabelledExample> examples() {
        return examples;
    }

    /** The parts that the lines name, or else those of a hash. */
    ProbeData data(ProbeData.Shares shares, long seed) {
        try {
            if (parts.get(0).isEmpty()) {
                return ProbeData.split(examples, shares, seed);
            }
            Map<Part, List<LabelledExample>> named = new EnumMap<>(Part.class);
            for (int i = 0; i < examples.size(); i++) {
                named.computeIfAbsent(parts.get(i).orElseThrow(), part -> new ArrayList<>())
                        .add(examples.get(i));
            }
            return ProbeData.of(named);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private void add(String line, String where, Optional<Tokenizer> tokenizer, boolean labelled)
            throws MissingTokenizerException {
        JsonNode root;
        try {
            root = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(where + ": is not valid JSON: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw new IllegalArgumentException(where + ": expected {\"text\": \"…\", \"label\": \"…\"}");
        }
        root.fieldNames().forEachRemaining(key -> {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(where + ": unknown key \"" + key + "\"; expected some of " + KEYS);
            }
        });
        if (root.has("text") == root.has("tokens")) {
            throw new IllegalArgumentException(where + ": has " + (root.has("text") ? "both" : "neither of")
                    + " \"text\" and \"tokens\"; expected one of them");
        }
        if (!root.has("label") && labelled) {
            throw new IllegalArgumentException(where + ": has no \"label\"");
        }
        String label = root.has("label") ? scalar(root.get("label"), "label", where) : UNLABELLED;
        String group = root.has("group") ? scalar(root.get("group"), "group", where) : "";
        int[] tokens = root.has("text") ? encode(root.get("text"), where, tokenizer) : ids(root.get("tokens"), where);
        examples.add(new LabelledExample(tokens, label, group, where));
        parts.add(root.has("split") ? Optional.of(part(root.get("split"), where)) : Optional.empty());
    }

    private static int[] encode(JsonNode text, String where, Optional<Tokenizer> tokenizer)
            throws MissingTokenizerException {
        if (!text.isTextual()) {
            throw new IllegalArgumentException(where + ": \"text\" is " + text + ", expected a string");
        }
        if (tokenizer.isEmpty()) {
            throw new MissingTokenizerException(where + " is text, but the model directory");
        }
        try {
            return tokenizer.get().encode(text.textValue());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }

    private static int[] ids(JsonNode given, String where) {
        if (!given.isArray()) {
            throw new IllegalArgumentException(where + ": \"tokens\" is " + given + ", expected a list of token ids");
        }
        int[] ids = new int[given.size()];
        for (int i = 0; i < ids.length; i++) {
            JsonNode id = given.get(i);
            if (!id.isIntegralNumber() || !id.canConvertToInt()) {
                throw new IllegalArgumentException(where + ": token id " + id + " is not a whole number");
            }
            ids[i] = id.intValue();
        }
        return ids;
    }

    private static String scalar(JsonNode value, String key, String where) {
        if (!value.isValueNode() || value.isNull() || value.asText().isBlank()) {
            throw new IllegalArgumentException(
                    where + ": \"" + key + "\" is " + value + ", expected a word, a number, true or false");
        }
        return value.asText();
    }

    private static Part part(JsonNode value, String where) {
        return Arrays.stream(Part.values())
                .filter(part -> part.key().equals(value.asText()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        where + ": \"split\" is " + value + ", expected train, validation or test"));
    }
}
