package io.reprise.run;

import io.reprise.analysis.probe.ProbeResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The content of probes.json. */
public record ProbeResults(List<ProbeResult> probes) {
    public ProbeResults {
        probes = List.copyOf(probes);
    }

    /**
     * Reads the file.
     *
     * @throws IOException naming the file, what is wrong and where
     */
    public static ProbeResults read(Path file) throws IOException {
        return Json.read(file, ProbeResults.class);
    }
}
