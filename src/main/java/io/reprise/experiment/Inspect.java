package io.reprise.experiment;

import io.reprise.experiment.Inspection.OfModel;
import io.reprise.experiment.Inspection.OfRun;
import io.reprise.experiment.Inspection.OfWeights;
import io.reprise.experiment.Inspection.SiteLine;
import io.reprise.experiment.Inspection.TensorLine;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.model.pretrained.Residency;
import io.reprise.run.RunDirectory;
import io.reprise.run.RunLayout;
import io.reprise.run.RunResult;
import io.reprise.weights.WeightFiles;
import io.reprise.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Says what a run directory, a model directory or a file of weights holds. Reads headers, no weights. */
public final class Inspect {
    private Inspect() {}

    /** @throws IllegalArgumentException if the path is none of these */
    public static Inspection of(Path path) throws IOException {
        if (Files.isRegularFile(path)) {
            try (WeightSource source = WeightFiles.openFile(path)) {
                return weights(path, source);
            }
        }
        if (Files.exists(new RunLayout(path).results())) {
            return run(path);
        }
        if (Files.isDirectory(path)) {
            return model(OpenModel.directory(path));
        }
        throw new IllegalArgumentException(
                path + " does not exist; expected a run directory, a model directory or a file of weights");
    }

    private static OfRun run(Path path) throws IOException {
        RunLayout layout = RunDirectory.openFinished(path);
        RunResult result = RunResult.read(layout.results());
        Optional<OfModel> model =
                Files.isDirectory(layout.model()) ? Optional.of(model(layout.model())) : Optional.empty();
        return new OfRun(path.toString(), result.name(), result.seed(), result.stopReason(), result.metrics(), model);
    }

    private static OfModel model(Path path) throws IOException {
        try (ModelDirectory directory = ModelDirectory.open(path)) {
            ModelConfig config = directory.config();
            Map<String, Long> parameters = new LinkedHashMap<>();
            directory.counts().forEach((name, count) -> parameters.merge(component(name), count, Long::sum));
            Map<String, Long> memory = new LinkedHashMap<>();
            memory.put("resident", Residency.ALL.bytes(config, directory.firstLayer()));
            memory.put("stream", Residency.ONE_LAYER.bytes(config, directory.firstLayer()));
            List<SiteLine> sites = new ArrayList<>();
            for (Site site : Site.all(config)) {
                if (directory.part().isPresent()
                        && site.compareTo(directory.part().get().boundary()) < 0) {
                    continue;
                }
                sites.add(new SiteLine(site.name(), axes(site, config), directory.module(site)));
            }
            return new OfModel(
                    path.toString(),
                    directory.family(),
                    directory.part(),
                    config,
                    parameters,
                    memory,
                    tokenizer(directory),
                    weights(path, directory.stored()),
                    sites);
        }
    }

    /** {@code blocks.3.attn.W_O} → attn, {@code embed.W_E} → embed. */
    private static String component(String parameter) {
        String[] parts = parameter.split("\\.", -1);
        String part = parts[0].equals("blocks") ? parts[2] : parts[0];
        return part.equals("ln1") || part.equals("ln2") ? "ln" : part;
    }

    private static String tokenizer(ModelDirectory directory) {
        try {
            return directory.tokenizer().map(t -> t.description()).orElse("none; give token ids instead of text");
        } catch (IOException e) {
            return "broken: " + e.getMessage(); // all else can be said nevertheless
        }
    }

    private static String axes(Site site, ModelConfig c) {
        Map<String, Integer> lengths = Map.of(
                "d_model",
                c.dModel(),
                "head",
                c.nHeads(),
                "d_head",
                c.dHead(),
                "d_mlp",
                c.dMlp(),
                "d_vocab",
                c.dVocab());
        List<String> axes = new ArrayList<>();
        for (String axis : site.kind().axes().replaceAll("[\\[\\]]", "").split(", ", -1)) {
            int product = axis.startsWith("3·") ? 3 * c.nHeads() * c.dHead() : lengths.getOrDefault(axis, 0);
            axes.add(product == 0 ? axis : axis + "=" + product);
        }
        return "[" + String.join(", ", axes) + "]";
    }

    private static OfWeights weights(Path path, WeightSource source) throws IOException {
        long bytes = 0;
        List<String> files = new ArrayList<>();
        for (Path file : source.files()) {
            bytes += Files.size(file);
            files.add(file.getFileName().toString());
        }
        List<TensorLine> tensors = new ArrayList<>();
        for (String name : source.names()) {
            int[] shape = source.shape(name).toArray();
            tensors.add(new TensorLine(
                    name, source.dtype(name).name(), IntStream.of(shape).boxed().toList()));
        }
        return new OfWeights(path.toString(), files, bytes, source.metadata(), tensors);
    }
}
