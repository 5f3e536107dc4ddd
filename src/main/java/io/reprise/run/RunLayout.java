package io.reprise.run;

import java.nio.file.Path;
import java.util.List;

/** The names in a run directory {@code <runs>/<name>/<config hash>/seed-<n>}. */
public record RunLayout(Path root) {
    static final String STATUS = "status.json";
    static final String LOCK = ".lock";

    /** Everything a run writes; starting over removes these and nothing else. */
    static final List<String> ENTRIES = List.of(
            STATUS,
            "config.yaml",
            "provenance.json",
            "metrics.jsonl",
            "timings.jsonl",
            "predictions.jsonl",
            "results.json",
            "probes.json",
            "relations.json",
            "circuits.json",
            "circuits",
            "overlaps.json",
            "probe.json",
            "probe.safetensors",
            "tracking.json",
            "track-pending.json",
            "checkpoints",
            "model",
            "figures",
            "report.html");

    /** Where a run lives. */
    public static Path locate(Path runs, String name, String configHash, long seed) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new IllegalArgumentException("name = \"" + name
                    + "\" becomes a directory: use letters, digits, dots, hyphens and underscores, starting with a letter or"
                    + " digit");
        }
        if (!configHash.matches("[0-9a-f]+")) {
            throw new IllegalArgumentException("config hash \"" + configHash + "\" is not hexadecimal");
        }
        return runs.resolve(name).resolve(configHash).resolve("seed-" + seed);
    }

    public Path config() {
        return root.resolve("config.yaml");
    }

    public Path provenance() {
        return root.resolve("provenance.json");
    }

    public Path metrics() {
        return root.resolve("metrics.jsonl");
    }

    public Path timings() {
        return root.resolve("timings.jsonl");
    }

    public Path predictions() {
        return root.resolve("predictions.jsonl");
    }

    public Path results() {
        return root.resolve("results.json");
    }

    /** What probes found, if the run has any. */
    public Path probes() {
        return root.resolve("probes.json");
    }

    /** What linear operators made of the task's relations, if the run has any. */
    public Path relations() {
        return root.resolve("relations.json");
    }

    /** What was measured of circuits, if the run looked for any. */
    public Path circuitResults() {
        return root.resolve("circuits.json");
    }

    /** The circuits, a file each. */
    public Path circuits() {
        return root.resolve("circuits");
    }

    /** What circuits from files share, if the run compares any. */
    public Path overlaps() {
        return root.resolve("overlaps.json");
    }

    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    public Path model() {
        return root.resolve("model");
    }

    public Path figures() {
        return root.resolve("figures");
    }

    public Path report() {
        return root.resolve("report.html");
    }

    /** What a tracker knows of the run and where it was published. */
    public Path tracking() {
        return root.resolve("tracking.json");
    }

    /** Exists while something is left to publish. */
    public Path trackPending() {
        return root.resolve("track-pending.json");
    }

    Path status() {
        return root.resolve(STATUS);
    }

    Path lock() {
        return root.resolve(LOCK);
    }
}
