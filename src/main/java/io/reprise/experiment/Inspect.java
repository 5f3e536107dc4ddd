package io.reprise.experiment;

import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Site;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.run.RunDirectory;
import io.reprise.run.RunLayout;
import io.reprise.run.RunResult;
import io.reprise.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Says what a run directory, a model directory or a safetensors file holds. */
public final class Inspect {
    private Inspect() {}

    /** @throws IllegalArgumentException if the path is none of these */
    public static List<String> describe(Path path) throws IOException {
        if (Files.isRegularFile(path)) {
            return tensors(path);
        }
        if (Files.exists(path.resolve("results.json"))) {
            return run(path);
        }
        if (Files.exists(path.resolve("config.json"))) {
            return model(path);
        }
        throw new IllegalArgumentException(
                path + " is no run directory (results.json), no model directory (config.json) and no safetensors file");
    }

    private static List<String> run(Path path) throws IOException {
        RunLayout layout = RunDirectory.openFinished(path);
        RunResult result = RunResult.read(layout.results());
        List<String> lines = new ArrayList<>();
        lines.add(result.name() + " · " + result.model() + " · seed " + result.seed());
        lines.add(result.stopReason());
        result.metrics().forEach((name, value) -> lines.add(String.format(Locale.ROOT, "%-40s %.6g", name, value)));
        return lines;
    }

    private static List<String> model(Path path) throws IOException {
        List<String> lines = new ArrayList<>();
        try (ModelDirectory directory = ModelDirectory.open(path)) {
            ModelConfig config = directory.config();
            long parameters = Parameters.shapes(config).values().stream()
                    .mapToLong(shape -> shape.size())
                    .sum();
            lines.add(String.format(
                    Locale.ROOT,
                    "%s · %s · vocabulary %d · n_ctx %d · %,d parameters",
                    directory.family(),
                    BuildModel.words(config),
                    config.dVocab(),
                    config.nCtx(),
                    parameters));
            for (Site site : Site.all(config)) {
                lines.add(String.format("  %-36s %s", site.name(), site.kind().axes()));
            }
        }
        return lines;
    }

    private static List<String> tensors(Path path) throws IOException {
        List<String> lines = new ArrayList<>();
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            file.metadata().forEach((key, value) -> lines.add(key + " = " + value));
            for (String name : file.names()) {
                lines.add(String.format("  %-48s %s %s", name, file.dtype(name), file.shape(name)));
            }
        }
        return lines;
    }
}
