package io.reprise.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads one relation in the published JSON format; all that is wrong with a file is told in one error. */
public final class RelationFile {
    /** Whether a subject may stand in several samples, as in some of the published files. */
    public enum Subjects {
        UNIQUE,
        REPEATED
    }

    private static final List<String> KEYS =
            List.of("name", "prompt_templates", "prompt_templates_zs", "properties", "samples");
    private static final List<String> OPTIONAL = List.of("source", "licence", "domain", "range");
    private static final List<String> PROPERTIES = List.of("relation_type", "domain_name", "range_name", "symmetric");
    private static final List<String> SAMPLE = List.of("subject", "object");

    private final List<String> problems = new ArrayList<>();

    private RelationFile() {}

    public static Relation read(Path file, Subjects subjects) throws IOException {
        JsonNode tree;
        try {
            tree = new ObjectMapper().readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is not JSON: " + e.getOriginalMessage(), e);
        }
        var reader = new RelationFile();
        Relation relation = null;
        try {
            relation = reader.relation(tree);
        } catch (IllegalArgumentException e) {
            if (reader.problems.isEmpty()) {
                reader.problems.add(e.getMessage());
            }
        }
        if (relation != null
                && subjects == Subjects.UNIQUE
                && !relation.repeatedSubjects().isEmpty()) {
            reader.problems.add("subjects in several samples: " + String.join(", ", relation.repeatedSubjects())
                    + "; keep one sample of each");
        }
        if (relation == null || !reader.problems.isEmpty()) {
            throw new IllegalArgumentException(
                    file + " can't be read as a relation; correct:\n  " + String.join("\n  ", reader.problems));
        }
        return relation;
    }

    private Relation relation(JsonNode tree) {
        keys(tree, "the file", KEYS, OPTIONAL);
        JsonNode properties = tree.path("properties");
        keys(properties, "properties", PROPERTIES, List.of());
        if (properties.has("symmetric") && !properties.get("symmetric").isBoolean()) {
            problems.add("properties.symmetric: expected true or false, got " + properties.get("symmetric"));
        }
        String name = text(tree, "name", "name");
        List<String> templates = templates(tree, "prompt_templates");
        List<String> zeroShot = templates(tree, "prompt_templates_zs");
        List<Relation.Sample> samples = samples(tree.path("samples"));
        var about = new Relation.Properties(
                text(properties, "relation_type", "properties.relation_type"),
                text(properties, "domain_name", "properties.domain_name"),
                text(properties, "range_name", "properties.range_name"),
                properties.path("symmetric").asBoolean());
        return new Relation(name, templates, zeroShot, about, samples);
    }

    private List<String> templates(JsonNode tree, String key) {
        List<String> templates = new ArrayList<>();
        JsonNode list = tree.path(key);
        if (!list.isMissingNode() && (!list.isArray() || list.isEmpty())) {
            problems.add(key + ": expected a list of at least one template, got " + list);
        }
        for (JsonNode item : list) {
            try {
                RelationPrompt.checkTemplate(
                        item.isTextual() ? item.asText() : item.toString().replace("{}", ""));
                templates.add(item.asText());
            } catch (IllegalArgumentException e) {
                problems.add(key + ": " + e.getMessage());
            }
        }
        return templates;
    }

    private List<Relation.Sample> samples(JsonNode list) {
        List<Relation.Sample> samples = new ArrayList<>();
        if (!list.isMissingNode() && (!list.isArray() || list.isEmpty())) {
            problems.add("samples: expected a list of at least one subject and object, got " + list);
        }
        for (int i = 0; list.isArray() && i < list.size(); i++) {
            String at = "samples[" + i + "]";
            keys(list.get(i), at, SAMPLE, List.of());
            String subject = text(list.get(i), "subject", at + ".subject");
            String object = text(list.get(i), "object", at + ".object");
            if (!subject.isBlank() && !object.isBlank()) {
                samples.add(new Relation.Sample(subject, object));
            }
        }
        return samples;
    }

    private String text(JsonNode tree, String key, String at) {
        JsonNode value = tree.path(key);
        if (!value.isMissingNode() && (!value.isTextual() || value.asText().isBlank())) {
            problems.add(at + ": expected text, got " + value);
        }
        return value.asText();
    }

    private void keys(JsonNode tree, String at, List<String> needed, List<String> optional) {
        if (tree.isMissingNode()) {
            return; // told as a missing key of what is around it
        }
        if (!tree.isObject()) {
            problems.add(at + ": expected a mapping with " + String.join(", ", needed));
            return;
        }
        Set<String> known = new TreeSet<>(needed);
        known.addAll(optional);
        tree.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                problems.add(at + ": unknown key " + key + " (nearest: " + NearestName.of(key, known) + ")");
            }
        });
        needed.stream().filter(key -> !tree.has(key)).forEach(key -> problems.add(at + ": " + key + " is missing"));
    }
}
