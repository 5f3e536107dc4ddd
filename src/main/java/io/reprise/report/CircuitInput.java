package io.reprise.report;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.CircuitFile;
import io.reprise.run.CircuitResults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A run's circuits.
 *
 * @param results content of circuits.json
 * @param circuits by task; those whose file is missing are left out
 */
record CircuitInput(CircuitResults results, Map<String, Circuit> circuits) {
    CircuitInput {
        circuits = Collections.unmodifiableMap(new LinkedHashMap<>(circuits));
    }

    /**
     * @param results circuits.json
     * @param folder where each task's circuit is a file
     * @throws IOException naming the file, if one cannot be read or is damaged
     */
    static CircuitInput read(Path results, Path folder) throws IOException {
        CircuitResults read = CircuitResults.read(results);
        Map<String, Circuit> circuits = new LinkedHashMap<>();
        for (CircuitResults.Task task : read.tasks()) {
            Path file = folder.resolve(task.name() + ".json");
            if (Files.exists(file)) {
                circuits.put(task.name(), CircuitFile.read(file));
            }
        }
        return new CircuitInput(read, circuits);
    }
}
