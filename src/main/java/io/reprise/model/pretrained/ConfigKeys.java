package io.reprise.model.pretrained;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A JSON object whose keys must all be accounted for: read, ignored by name, or refused. Problems are collected, and thrown
 * together by {@link #finish}; until then a faulty value reads as its stand-in.
 */
final class ConfigKeys {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final int MOST_BYTES = 10_000_000;
    /** No extent is larger, and four times it still fits an int. */
    private static final int LARGEST = 100_000_000;

    private final Object file;
    private final String path;
    private final JsonNode object;
    private final List<String> problems;
    private final Set<String> seen = new HashSet<>();

    private ConfigKeys(Object file, String path, JsonNode object, List<String> problems) {
        this.file = file;
        this.path = path;
        this.object = object;
        this.problems = problems;
    }

    static ConfigKeys read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new ModelFormatException(file, "no such file");
        }
        if (Files.size(file) > MOST_BYTES) {
            throw new ModelFormatException(file, "has " + Files.size(file) + " bytes; is this a config?");
        }
        JsonNode root;
        try {
            root = JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(file, "is not valid JSON: " + e.getOriginalMessage());
        }
        if (!root.isObject()) {
            throw new ModelFormatException(file, "is not a JSON object of keys and values");
        }
        return new ConfigKeys(file, "", root, new ArrayList<>());
    }

    Object file() {
        return file;
    }

    /** Whether the key is given and not null. */
    boolean has(String key) {
        seen.add(key);
        return object.hasNonNull(key);
    }

    /** A whole number that must be given, from {@code least} to a hundred million. */
    int integer(String key, int least) {
        if (!has(key)) {
            problem(key, "is missing, expected a whole number");
            return Math.max(1, least);
        }
        return integer(key, least, Math.max(1, least));
    }

    int integer(String key, int least, int otherwise) {
        return optional(
                key,
                otherwise,
                node -> wholeNumber(node).filter(value -> value >= least && value <= LARGEST),
                "a whole number from " + least + " to " + LARGEST);
    }

    double number(String key, double otherwise) {
        return optional(
                key,
                otherwise,
                node -> node.isNumber() ? Optional.of(node.doubleValue()) : Optional.empty(),
                "a number");
    }

    boolean flag(String key, boolean otherwise) {
        return optional(
                key,
                otherwise,
                node -> node.isBoolean() ? Optional.of(node.booleanValue()) : Optional.empty(),
                "true or false");
    }

    String text(String key, String otherwise) {
        return optional(key, otherwise, ConfigKeys::string, "a string");
    }

    /** A digest in hexadecimal that must be given. */
    String fingerprint(String key) {
        if (!has(key)) {
            problem(key, "is missing, expected 64 hexadecimal digits");
        }
        return optional(
                key, "", node -> string(node).filter(text -> text.matches("[0-9a-f]{64}")), "64 hexadecimal digits");
    }

    /** One of the named choices. */
    <T> T choice(String key, T otherwise, Map<String, T> choices) {
        String expected = "one of " + String.join(", ", choices.keySet());
        return optional(key, otherwise, node -> string(node).map(choices::get), expected);
    }

    List<String> strings(String key) {
        return optional(
                key,
                List.of(),
                node -> {
                    List<String> values = new ArrayList<>();
                    node.forEach(value -> string(value).ifPresent(values::add));
                    return node.isArray() && values.size() == node.size() ? Optional.of(values) : Optional.empty();
                },
                "a list of strings");
    }

    /** The object under {@code key}, whose problems are this one's; empty if it isn't given. */
    ConfigKeys object(String key) {
        seen.add(key);
        JsonNode node = object.path(key);
        if (!node.isObject() && object.hasNonNull(key)) {
            problem(key, "is " + node + ", expected an object");
        }
        return new ConfigKeys(file, path + key + ".", node.isObject() ? node : JSON.createObjectNode(), problems);
    }

    /** Keys that change nothing of what a model computes here. */
    void ignore(String... keys) {
        seen.addAll(List.of(keys));
    }

    /** Keys that would change what the model computes, in a way that isn't implemented, unless they are off. */
    void refuseUnlessOff(String key, String reason) {
        refuse(key, node -> !isOff(node), reason);
    }

    void refuse(String key, Predicate<JsonNode> when, String reason) {
        seen.add(key);
        JsonNode node = object.path(key);
        if (object.hasNonNull(key) && when.test(node)) {
            problem(key, "is " + node + ": " + reason);
        }
    }

    void problem(String key, String text) {
        problems.add(path + key + " " + text);
    }

    /** Whether nothing is wrong so far: what follows from faulty values needn't be reported beside them. */
    boolean fine() {
        return problems.isEmpty();
    }

    /** Every key that nobody asked for is a problem. */
    void refuseOthers(String whose) {
        object.fieldNames().forEachRemaining(key -> {
            if (!seen.contains(key)) {
                problem(
                        key,
                        "= " + object.get(key) + " is no key of " + whose
                                + ", so what it does to the model is unknown");
            }
        });
    }

    /**
     * @throws ModelFormatException naming all problems, if there are any
     */
    void finish() throws ModelFormatException {
        if (!problems.isEmpty()) {
            throw ModelFormatException.of(file, problems);
        }
    }

    private static boolean isOff(JsonNode node) {
        return node.isNull()
                || (node.isBoolean() && !node.booleanValue())
                || (node.isContainerNode() && node.isEmpty())
                || (node.isNumber() && node.doubleValue() == 0);
    }

    private static Optional<String> string(JsonNode node) {
        return node.isTextual() ? Optional.of(node.textValue()) : Optional.empty();
    }

    private static Optional<Integer> wholeNumber(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToInt() ? Optional.of(node.intValue()) : Optional.empty();
    }

    /** @param read empty for a value that is not what is {@code expected} */
    <T> T optional(String key, T otherwise, Function<JsonNode, Optional<T>> read, String expected) {
        if (!has(key)) {
            return otherwise;
        }
        Optional<T> value = read.apply(object.get(key));
        if (value.isEmpty()) {
            problem(key, "is " + object.get(key) + ", expected " + expected);
        }
        return value.orElse(otherwise);
    }
}
