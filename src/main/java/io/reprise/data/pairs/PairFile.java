package io.reprise.data.pairs;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.text.Tokenizer;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Prompt pairs as JSON lines: {@code {"clean": "7 8 9", "corrupt": "5 7 9", "answer": " 10", "wrong": " 11"}}, with {@code "roles"}
 * (one a token) if wanted. {@code clean} and {@code corrupt} are text or lists of token ids; {@code answer} and {@code wrong} are
 * text of one token, or its id. Without roles, positions are {@code p1}, {@code p2}, …. Lines of equal roles form a group, in the
 * order of their first lines; blank lines are skipped.
 */
public final class PairFile {
    private static final Set<String> NEEDED = new TreeSet<>(List.of("clean", "corrupt", "answer", "wrong"));
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private final Tokenizer tokenizer;

    public PairFile(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * The pairs of {@code file}, which are named after it.
     *
     * @throws IllegalArgumentException naming the line, if one can't be used
     */
    public PairSet read(Path file) throws IOException {
        Map<List<String>, List<PromptPair>> groups = new LinkedHashMap<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            try {
                add(lines.get(i), groups);
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(
                        file + " line " + (i + 1) + " is not JSON: " + e.getOriginalMessage(), e);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + " line " + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        if (groups.isEmpty()) {
            throw new IllegalArgumentException(
                    file + " has no prompt pairs; write one a line: {\"clean\": …, \"corrupt\": …, \"answer\": …,"
                            + " \"wrong\": …}");
        }
        List<PairSet.Group> made = new ArrayList<>();
        groups.forEach((roles, pairs) -> made.add(new PairSet.Group(roles, pairs)));
        return new PairSet(String.valueOf(file.getFileName()), made);
    }

    private void add(String line, Map<List<String>, List<PromptPair>> groups) throws JsonProcessingException {
        JsonNode tree = JSON.readTree(line);
        checkKeys(tree);
        List<Integer> clean = tokens(tree.get("clean"), "clean");
        List<Integer> corrupt = tokens(tree.get("corrupt"), "corrupt");
        if (clean.size() != corrupt.size()) {
            throw new IllegalArgumentException("clean has " + clean.size() + " tokens " + shown(clean)
                    + " and corrupt has " + corrupt.size() + " tokens " + shown(corrupt)
                    + "; expected as many of both, since activations are patched position by position");
        }
        List<String> roles = roles(tree, clean);
        PromptPair pair =
                new PromptPair(clean, corrupt, one(tree.get("answer"), "answer"), one(tree.get("wrong"), "wrong"));
        groups.computeIfAbsent(roles, k -> new ArrayList<>()).add(pair);
    }

    private static void checkKeys(JsonNode tree) {
        if (!tree.isObject()) {
            throw new IllegalArgumentException("expected an object with " + NEEDED + ", got " + tree);
        }
        for (String key : NEEDED) {
            if (!tree.has(key)) {
                throw new IllegalArgumentException(key + " is missing; expected " + NEEDED + " and, if wanted, roles");
            }
        }
        tree.fieldNames().forEachRemaining(key -> {
            if (!NEEDED.contains(key) && !key.equals("roles")) {
                throw new IllegalArgumentException("unknown key " + key + "; known: " + NEEDED + " and roles");
            }
        });
    }

    private static List<String> roles(JsonNode tree, List<Integer> clean) {
        if (!tree.has("roles")) {
            return IntStream.rangeClosed(1, clean.size()).mapToObj(i -> "p" + i).toList();
        }
        List<String> roles = new ArrayList<>();
        for (JsonNode role : tree.get("roles")) {
            if (!role.isTextual() || role.asText().isBlank()) {
                throw new IllegalArgumentException("roles hold " + role + ", expected names such as x1");
            }
            roles.add(role.asText());
        }
        if (roles.size() != clean.size()) {
            throw new IllegalArgumentException(
                    "roles are " + roles.size() + ", " + roles + ", for " + clean.size() + " tokens; give one a token");
        }
        return roles;
    }

    private List<Integer> tokens(JsonNode node, String key) {
        if (node.isTextual()) {
            return Arrays.stream(tokenizer.encode(node.asText())).boxed().toList();
        }
        if (!node.isArray()) {
            throw new IllegalArgumentException(key + " is " + node + ", expected text or a list of token ids");
        }
        List<Integer> tokens = new ArrayList<>();
        for (JsonNode id : node) {
            tokens.add(id(id, key));
        }
        return tokens;
    }

    private int one(JsonNode node, String key) {
        if (!node.isTextual()) {
            return id(node, key);
        }
        List<Integer> tokens = tokens(node, key);
        if (tokens.size() != 1) {
            throw new IllegalArgumentException(key + " \"" + node.asText() + "\" is " + tokens.size() + " tokens "
                    + shown(tokens) + "; expected one. Put what both answers begin with into the prompts, or choose"
                    + " another answer (after a word, most tokenizers want its space: \" 10\")");
        }
        return tokens.get(0);
    }

    private int id(JsonNode node, String key) {
        if (!node.isIntegralNumber() || node.asLong() < 0 || node.asLong() >= tokenizer.size()) {
            throw new IllegalArgumentException(
                    key + " holds " + node + ", expected a token id from 0 to " + (tokenizer.size() - 1));
        }
        return node.asInt();
    }

    private String shown(List<Integer> tokens) {
        return tokens.stream().map(id -> "\"" + tokenizer.token(id) + "\"").collect(Collectors.joining(", ", "[", "]"));
    }

    /** Writes token ids and roles, such that {@link #read} gives the same groups again, whatever the tokenizer makes of their text. */
    public static void write(PairSet pairs, Path file) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (PairSet.Group group : pairs.groups()) {
            for (PromptPair pair : group.pairs()) {
                ObjectNode line = JSON.createObjectNode();
                ArrayNode clean = line.putArray("clean");
                pair.clean().forEach(clean::add);
                ArrayNode corrupt = line.putArray("corrupt");
                pair.corrupt().forEach(corrupt::add);
                line.put("answer", pair.answer()).put("wrong", pair.wrong());
                ArrayNode roles = line.putArray("roles");
                group.roles().forEach(roles::add);
                lines.append(line).append('\n');
            }
        }
        new AtomicFile().write(file, lines.toString());
    }
}
