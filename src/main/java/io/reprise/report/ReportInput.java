package io.reprise.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.CircuitFile;
import io.reprise.analysis.probe.ProbeResult;
import io.reprise.analysis.relation.study.RelationResult;
import io.reprise.run.CircuitResults;
import io.reprise.run.OverlapResults;
import io.reprise.run.ProbeResults;
import io.reprise.run.RelationResults;
import io.reprise.run.RunResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything a report is made from.
 *
 * @param result content of results.json
 * @param probes content of probes.json
 * @param relations content of relations.json
 * @param circuitResults content of circuits.json
 * @param overlapResults content of overlaps.json
 * @param circuits the files beside either, in its order
 * @param metrics content of metrics.jsonl
 * @param config text of the resolved config.yaml
 * @param provenance provenance.json as text, in its order: a command line as a shell takes it, other lists and objects a line
 *     per element
 */
record ReportInput(
        RunResult result,
        List<ProbeResult> probes,
        List<RelationResult> relations,
        Optional<CircuitResults> circuitResults,
        Optional<OverlapResults> overlapResults,
        List<Circuit> circuits,
        CurveData metrics,
        String config,
        Map<String, String> provenance) {
    private static final ObjectMapper JSON = new ObjectMapper();

    ReportInput {
        probes = List.copyOf(probes);
        relations = List.copyOf(relations);
        circuits = List.copyOf(circuits);
        provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
    }

    /**
     * Reads what stands beside results.json in a run directory; a file that is missing leaves its section out.
     *
     * @throws UncheckedIOException naming the file, if one cannot be read or is damaged
     */
    static ReportInput read(RunResult result, Path runDirectory) {
        try {
            Optional<CircuitResults> found = circuitResults(runDirectory.resolve("circuits.json"));
            Optional<OverlapResults> compared = overlapResults(runDirectory.resolve("overlaps.json"));
            List<String> names = found.map(results -> results.tasks().stream().map(CircuitResults.Task::name))
                    .or(() ->
                            compared.map(results -> results.circuits().stream().map(OverlapResults.Source::name)))
                    .orElseGet(Stream::of)
                    .toList();
            return new ReportInput(
                    result,
                    probes(runDirectory.resolve("probes.json")),
                    relations(runDirectory.resolve("relations.json")),
                    found,
                    compared,
                    circuits(names, runDirectory.resolve("circuits")),
                    CurveData.read(runDirectory.resolve("metrics.jsonl")),
                    textOf(runDirectory.resolve("config.yaml")),
                    provenance(runDirectory.resolve("provenance.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private static List<ProbeResult> probes(Path file) throws IOException {
        return Files.exists(file) ? ProbeResults.read(file).probes() : List.of();
    }

    private static List<RelationResult> relations(Path file) throws IOException {
        return Files.exists(file) ? RelationResults.read(file).relations() : List.of();
    }

    private static Optional<CircuitResults> circuitResults(Path file) throws IOException {
        return Files.exists(file) ? Optional.of(CircuitResults.read(file)) : Optional.empty();
    }

    private static Optional<OverlapResults> overlapResults(Path file) throws IOException {
        return Files.exists(file) ? Optional.of(OverlapResults.read(file)) : Optional.empty();
    }

    private static List<Circuit> circuits(List<String> names, Path folder) throws IOException {
        List<Circuit> circuits = new ArrayList<>();
        for (String name : names) {
            circuits.add(CircuitFile.read(folder.resolve(name + ".json")));
        }
        return circuits;
    }

    private static String textOf(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    }

    private static Map<String, String> provenance(Path file) throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        if (Files.exists(file)) {
            JsonNode root = JSON.readTree(Files.readAllBytes(file));
            if (!root.isObject()) {
                throw new IOException(file + " is not a JSON object; restore the file or repeat the run");
            }
            root.properties()
                    .forEach(field -> entries.put(
                            field.getKey(),
                            field.getKey().equals("command") ? command(field.getValue()) : text(field.getValue())));
        }
        return entries;
    }

    private static String command(JsonNode words) {
        if (!words.isArray()) {
            return text(words);
        }
        List<String> given = new ArrayList<>();
        words.forEach(word -> given.add(word.asText()));
        return shell(given);
    }

    /** A command line as a shell takes it. */
    static String shell(List<String> words) {
        return words.stream().map(ReportInput::quote).collect(Collectors.joining(" "));
    }

    /** A word as a POSIX shell reads it back. */
    private static String quote(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private static String text(JsonNode value) {
        if (value.isArray() || value.isObject()) {
            List<String> lines = new ArrayList<>();
            if (value.isObject()) {
                value.properties().forEach(field -> lines.add(field.getKey() + ": " + text(field.getValue())));
            } else {
                value.forEach(element -> lines.add(text(element)));
            }
            return String.join("\n", lines);
        }
        return value.isNull() ? "" : value.asText();
    }
}
