package io.reprise.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A config file with what it extends laid under it and settings of the command line laid over it, not yet bound.
 *
 * <p>{@code extends:} names files relative to the one that says so; later ones win over earlier ones, the file itself over
 * all. Mappings merge, lists and scalars replace.
 */
public final class ConfigTree {
    private static final String EXTENDS = "extends";

    private final String source;
    private final Class<? extends Record> type;
    private final ObjectNode root;
    private final Map<String, String> origins; // from path to file and line
    private final List<String> problems;

    private ConfigTree(
            String source,
            Class<? extends Record> type,
            ObjectNode root,
            Map<String, String> origins,
            List<String> problems) {
        this.source = source;
        this.type = type;
        this.root = root;
        this.origins = Map.copyOf(origins);
        this.problems = List.copyOf(problems);
    }

    /**
     * Reads a file and everything it extends.
     *
     * @param type what it will be bound to
     * @throws ConfigException if a file is missing, empty, not YAML or not a mapping, or extends itself
     */
    public static ConfigTree load(Path file, Class<? extends Record> type) {
        var origins = new HashMap<String, String>();
        var root = load(file, type, List.of(), origins);
        // what the file itself says needs no origin: the message starts with its name
        origins.values().removeIf(origin -> origin.startsWith(file + ":"));
        return new ConfigTree(file.toString(), type, root, origins, List.of());
    }

    /** Reads text that extends nothing. */
    public static ConfigTree parse(String text, String source, Class<? extends Record> type) {
        return new ConfigTree(source, type, YamlReader.document(text, source).root(), Map.of(), List.of());
    }

    /** Nothing yet: for settings that stand alone. */
    public static ConfigTree empty(String source, Class<? extends Record> type) {
        return new ConfigTree(source, type, YamlReader.emptyMapping(), Map.of(), List.of());
    }

    private static ObjectNode load(Path file, Class<?> type, List<Path> chain, Map<String, String> origins) {
        var document = YamlReader.read(file);
        var own = document.root().deepCopy();
        var parents = parents(own.remove(EXTENDS), file);
        var below = YamlReader.emptyMapping();
        var here = new ArrayList<>(chain);
        here.add(file);
        for (var name : parents) {
            below = (ObjectNode) Merge.over(type, below, load(parent(file, name, here), type, here, origins));
        }
        document.lines().forEach((path, line) -> origins.put(path, file + ":" + line));
        return (ObjectNode) Merge.over(type, below, own);
    }

    private static List<String> parents(JsonNode given, Path file) {
        if (given == null || given.isNull()) {
            return List.of();
        }
        var names = new ArrayList<String>();
        for (var name : given.isArray() ? given : YamlReader.listOf(given)) {
            if (!name.isTextual()) {
                throw ConfigException.of(
                        file.toString(), List.of("extends: expected a list of files, got " + Words.given(name)));
            }
            names.add(name.textValue());
        }
        return names;
    }

    private static Path parent(Path file, String name, List<Path> chain) {
        var parent = file.resolveSibling(name).normalize();
        if (!Files.exists(parent)) {
            throw ConfigException.of(
                    file.toString(),
                    List.of("extends: there is no file " + name + " (looked for " + parent + ")" + similar(parent)));
        }
        for (int i = 0; i < chain.size(); i++) {
            if (same(chain.get(i), parent)) {
                var circle = new ArrayList<>(chain.subList(i, chain.size()));
                circle.add(parent);
                var words =
                        String.join(" → ", circle.stream().map(Path::toString).toList());
                throw ConfigException.of(chain.get(0).toString(), List.of("extends: goes round in a circle: " + words));
            }
        }
        return parent;
    }

    private static boolean same(Path a, Path b) {
        try {
            return Files.isSameFile(a, b);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String similar(Path missing) {
        var folder = missing.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return "";
        }
        try (var files = Files.list(folder)) {
            var names = files.map(f -> f.getFileName().toString()).sorted().toList();
            return Words.nearest(missing.getFileName().toString(), names)
                    .map(name -> "; did you mean " + name + "?")
                    .orElse("");
        } catch (IOException e) {
            return ""; // only a hint
        }
    }

    /** The same with a setting laid over it; a setting that can't be applied is reported when binding. */
    public ConfigTree with(Setting setting) {
        var nowOrigins = new HashMap<>(origins);
        var nowProblems = new ArrayList<>(problems);
        var now = root;
        try {
            now = (ObjectNode) Merge.set(type, root, setting.keys(), setting.value());
            nowOrigins.keySet().removeIf(path -> path.equals(setting.path()) || path.startsWith(setting.path() + "."));
        } catch (IllegalArgumentException e) {
            nowProblems.add(setting.text() + ": " + e.getMessage());
        }
        return new ConfigTree(source, type, now, nowOrigins, nowProblems);
    }

    /** The same with several settings, one after the other. */
    public ConfigTree with(List<Setting> settings) {
        var tree = this;
        for (var setting : settings) {
            tree = tree.with(setting);
        }
        return tree;
    }

    /** The same under another name, for messages. */
    ConfigTree named(String name) {
        return new ConfigTree(name, type, root, origins, problems);
    }

    /** The record. @throws ConfigException with all problems */
    public <T extends Record> T bind(Class<T> wanted) {
        return bind(wanted, parts -> List.of());
    }

    /**
     * The record, checked across its components.
     *
     * @param check gets the components that could be read and says what doesn't fit together
     */
    <T extends Record> T bind(Class<T> wanted, Function<Binder.Parts, List<String>> check) {
        var found = new Problems(path -> origins.containsKey(path) ? " (in " + origins.get(path) + ")" : "");
        problems.forEach(problem -> found.line("", problem));
        var binder = new Binder(found);
        var parts = binder.parts(wanted, root);
        check.apply(parts).forEach(problem -> found.line("", problem));
        var record = binder.build(parts);
        if (found.size() > 0 || record.isEmpty()) {
            throw ConfigException.of(source, found.all());
        }
        return wanted.cast(record.get());
    }

    /** The file's name as it was given. */
    public String source() {
        return source;
    }
}
