package io.reprise.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Finds series by name: {@code numerals}, a file of {@code <datasets>/series} without its ending, or the path of a file of the
 * user's own (a name with a slash or an ending), relative to {@code base}.
 *
 * <p>A file is JSON or YAML with {@code members} (a list) and optionally {@code first} (1 if missing), {@code parts} (whole,
 * words or characters), {@code source} and {@code licence}; or a text file with one member a line, {@code #} opening comments.
 */
public final class SeriesCatalogue {
    private static final List<String> ENDINGS = List.of(".json", ".yaml", ".yml", ".txt");
    private static final Set<String> KEYS = Set.of("members", "first", "parts", "source", "licence");

    private final Path folder;
    private final Path base;

    /**
     * @param datasetsRoot the repository's datasets/, which the launcher passes
     * @param base what paths of own files are relative to
     */
    public SeriesCatalogue(Path datasetsRoot, Path base) {
        this.folder = datasetsRoot.resolve("series");
        this.base = base;
    }

    /** How {@code name} is written here: number-words is number_words; the path of an own file stays as it is. */
    static String canonical(String name) {
        return own(name) ? name : name.replace('-', '_');
    }

    private static boolean own(String name) {
        return name.contains("/") || ENDINGS.stream().anyMatch(name::endsWith);
    }

    /** The series of that name; an error lists the names there are. */
    public Series find(String given) {
        String name = canonical(given);
        if (name.equals(ComponentSpec.NUMERALS)) {
            return new Series.Numerals();
        }
        if (own(name)) {
            Path file = base.resolve(name);
            if (!Files.isRegularFile(file)) {
                throw new IllegalArgumentException("series = " + name + ": there is no file " + file
                        + "; write the path of a JSON, YAML or text file relative to " + base.toAbsolutePath());
            }
            return read(file, name);
        }
        Path file = folder.resolve(name + ".json");
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("series = " + name + " is unknown; known: " + String.join(", ", names())
                    + "; for a series of your own, write its file's path");
        }
        return read(file, name);
    }

    /** numerals and the names of the shipped series. */
    public List<String> names() {
        Set<String> names = new TreeSet<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                files.map(f -> f.getFileName().toString())
                        .filter(f -> f.endsWith(".json"))
                        .forEach(f -> names.add(f.substring(0, f.length() - ".json".length())));
            } catch (IOException e) {
                throw new UncheckedIOException("can't list " + folder, e);
            }
        }
        List<String> all = new ArrayList<>();
        all.add(ComponentSpec.NUMERALS);
        all.addAll(names);
        return all;
    }

    private static Series read(Path file, String name) {
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            return name.endsWith(".txt") ? fromLines(text, name) : fromTree(text, file, name);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " can't be read as a series: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("can't read series " + file, e);
        }
    }

    private static Series fromLines(String text, String name) {
        List<String> members = text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        return new Series.Listed(name, 1, Series.Parts.WHOLE, members, name, "");
    }

    private static Series fromTree(String text, Path file, String name) throws JsonProcessingException {
        ObjectMapper mapper = file.toString().endsWith(".json") ? new ObjectMapper() : new YAMLMapper();
        JsonNode tree = mapper.readTree(text);
        if (tree == null || !tree.isObject() || !tree.path("members").isArray()) {
            throw new IllegalArgumentException(
                    file + " is no series: expected a mapping with members: [first, second, …]");
        }
        tree.fieldNames().forEachRemaining(key -> {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(file + ": unknown key " + key + "; known: " + new TreeSet<>(KEYS));
            }
        });
        List<String> members = new ArrayList<>();
        for (JsonNode member : tree.get("members")) {
            if (!member.isValueNode() || member.isNull()) {
                throw new IllegalArgumentException(
                        file + ": member " + (members.size() + 1) + " is " + member + ", expected a word or a number");
            }
            members.add(member.asText());
        }
        JsonNode first = tree.path("first");
        if (!first.isMissingNode() && !first.canConvertToInt()) {
            throw new IllegalArgumentException(file + ": first = " + first + ", expected a whole number");
        }
        return new Series.Listed(
                name,
                first.asInt(1),
                parts(tree.path("parts").asText("whole"), file),
                members,
                tree.path("source").asText(""),
                tree.path("licence").asText(""));
    }

    private static Series.Parts parts(String text, Path file) {
        for (Series.Parts parts : Series.Parts.values()) {
            if (parts.name().toLowerCase(Locale.ROOT).equals(text)) {
                return parts;
            }
        }
        throw new IllegalArgumentException(file + ": parts = " + text + ", expected whole, words or characters");
    }
}
