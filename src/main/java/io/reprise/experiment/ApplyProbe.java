package io.reprise.experiment;

import io.reprise.analysis.probe.LabelledExample;
import io.reprise.analysis.probe.Probe;
import io.reprise.analysis.probe.ProbeStore;
import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.run.RunConfig;
import io.reprise.run.RunLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Lets a probe that was fitted before say what it sees in further examples. */
public final class ApplyProbe {
    private ApplyProbe() {}

    /**
     * An example's prediction.
     *
     * @param where the example's line
     * @param label what the probe says
     * @param given the example's own label, empty if it has none
     * @param scores before the softmax, by class in the order of {@code classes}
     */
    public record Row(String where, String label, String given, List<String> classes, List<Double> scores) {
        public Row {
            classes = List.copyOf(classes);
            scores = List.copyOf(scores);
        }
    }

    /**
     * @param directory of a probe run
     * @param model the model to read; the run's fine-tuned model if it has one, else the one it was fitted on
     * @param examples JSON lines, labels may be missing
     */
    public static List<Row> run(
            Path directory, Optional<Path> model, Path examples, int threads, Consumer<String> notes)
            throws IOException {
        Path own = model.isPresent() ? model.get() : modelOf(directory);
        try (OpenModel opened = OpenModel.open(own, BackendChoice.CPU, threads, false, notes)) {
            Probe probe = ProbeStore.read(directory, opened.model().config());
            List<LabelledExample> given =
                    ExampleFile.read(examples, opened.tokenizer(), false).examples();
            List<Probe.Prediction> predictions = probe.predict(opened.model(), given);
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < given.size(); i++) {
                String label = given.get(i).label();
                rows.add(new Row(
                        given.get(i).where(),
                        predictions.get(i).label(),
                        label.equals(ExampleFile.UNLABELLED) ? "" : label,
                        probe.classes(),
                        predictions.get(i).scores()));
            }
            return rows;
        }
    }

    private static Path modelOf(Path directory) throws IOException {
        RunLayout layout = new RunLayout(directory);
        if (Files.isDirectory(layout.model())) {
            return layout.model();
        }
        String named = RunConfig.read(layout.config()).get("model");
        if (named == null) {
            throw new IllegalArgumentException(layout.config() + " names no model; give one with --model");
        }
        return Path.of(named);
    }
}
