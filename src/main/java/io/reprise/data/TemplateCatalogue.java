package io.reprise.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Finds templates: by name, a file of {@code <datasets>/templates} without its ending; the path of a JSON or YAML file of the
 * user's own; or written out, {@code "{x1}, {x2}"}.
 *
 * <p>A file has {@code item} and {@code separator}, and if wanted {@code form} (continue, sum, sort), {@code prefix}, {@code ending},
 * {@code source} and {@code licence}.
 */
public final class TemplateCatalogue {
    private static final Set<String> KEYS =
            new TreeSet<>(List.of("form", "prefix", "item", "separator", "ending", "source", "licence"));
    private static final String ENDING = ".json";

    private final Path folder;

    /** @param datasetsRoot the repository's datasets/, which the launcher passes */
    public TemplateCatalogue(Path datasetsRoot) {
        this.folder = datasetsRoot.resolve("templates");
    }

    /** The shipped templates' names. */
    public List<String> names() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(ENDING))
                    .map(file -> file.substring(0, file.length() - ENDING.length()))
                    .sorted()
                    .toList();
        }
    }

    /** The template that is used where none is chosen. */
    public PromptTemplate usual(Question.Form form) throws IOException {
        return find(
                switch (form) {
                    case CONTINUE -> "spaces";
                    case SUM -> "sum";
                    case SORT -> "sorted";
                });
    }

    public PromptTemplate find(String given) throws IOException {
        if (given.contains("{x")) {
            return PromptTemplate.parse(given);
        }
        boolean own = given.contains("/") || Stream.of(".json", ".yaml", ".yml").anyMatch(given::endsWith);
        Path file = own ? Path.of(given) : folder.resolve(given + ENDING);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    own
                            ? "template " + given + ": there is no such file"
                            : "template \"" + given + "\" is unknown; known: " + String.join(", ", names())
                                    + "; or write one out, as \"{x1}, {x2}\"");
        }
        return read(file, given);
    }

    private static PromptTemplate read(Path file, String name) throws IOException {
        ObjectMapper mapper = file.toString().endsWith(ENDING) ? new ObjectMapper() : new YAMLMapper();
        JsonNode tree;
        try {
            tree = mapper.readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " can't be read as a template: " + e.getOriginalMessage(), e);
        }
        if (tree == null || !tree.isObject()) {
            throw new IllegalArgumentException(file + " is no template: expected a mapping with item and separator");
        }
        tree.fieldNames().forEachRemaining(key -> {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(file + ": unknown key " + key + "; known: " + KEYS);
            }
        });
        try {
            return new PromptTemplate(
                    name,
                    form(tree.path("form").asText("continue")),
                    tree.path("prefix").asText(""),
                    tree.path("item").asText("{x}"),
                    tree.path("separator").asText(""),
                    tree.path("ending").asText(""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static Question.Form form(String text) {
        Optional<Question.Form> form = Arrays.stream(Question.Form.values())
                .filter(f -> f.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst();
        return form.orElseThrow(
                () -> new IllegalArgumentException("form = " + text + ", expected continue, sum or sort"));
    }
}
