package io.reprise.experiment;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.CircuitFile;
import io.reprise.analysis.probe.ProbeResult;
import io.reprise.analysis.relation.study.RelationResult;
import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.data.Split;
import io.reprise.model.pretrained.ModelExport;
import io.reprise.run.Json;
import io.reprise.run.ProbeResults;
import io.reprise.run.RelationResults;
import io.reprise.run.RunDirectory;
import io.reprise.run.RunLayout;
import io.reprise.train.Forecast;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Step 7, in part: the predictions of every example that was not trained on, and the model. */
final class WriteRun {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private WriteRun() {}

    static void predictions(RunDirectory run, Dataset data, Map<Split, List<Forecast>> forecasts) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Split split : List.of(Split.TEST, Split.HELD_OUT)) {
            List<Forecast> own = forecasts.getOrDefault(split, List.of());
            List<Example> examples = data.examples(split);
            for (int n = 0; n < own.size(); n++) {
                lines.append(line(split, data, examples.get(n), own.get(n))).append('\n');
            }
        }
        run.files().write(run.layout().predictions(), lines.toString());
    }

    /** What its probes found; no file if it has none. */
    static void probes(RunLayout layout, AtomicFile files, List<ProbeResult> probes) throws IOException {
        if (probes.isEmpty()) {
            Files.deleteIfExists(layout.probes());
        } else {
            files.write(layout.probes(), Json.write(new ProbeResults(probes)));
        }
    }

    /** What its operators found; no file if it has none. */
    static void relations(RunLayout layout, AtomicFile files, List<RelationResult> relations) throws IOException {
        if (relations.isEmpty()) {
            Files.deleteIfExists(layout.relations());
        } else {
            files.write(layout.relations(), Json.write(new RelationResults(relations)));
        }
    }

    /** Its circuits, a file each, and what was measured of them; no files if it has none. */
    static void circuits(RunLayout layout, AtomicFile files, Findings findings) throws IOException {
        if (findings.circuitResults().isEmpty()) {
            Files.deleteIfExists(layout.circuitResults());
            return;
        }
        Files.createDirectories(layout.circuits());
        for (Circuit circuit : findings.circuits()) {
            CircuitFile.write(layout.circuits().resolve(circuit.name() + ".json"), circuit, files);
        }
        files.write(
                layout.circuitResults(), Json.write(findings.circuitResults().get()));
    }

    /** The trained model, in the transformers library's format where that can express it. */
    static void model(RunDirectory run, BuildModel built, Dataset data) throws IOException {
        ModelExport.Format format = ModelExport.formatFor(built.model().config());
        ModelExport.write(
                run.layout().model(),
                format,
                built.model(),
                Optional.of(data.vocabulary().tokens()),
                ModelExport.sample(built.model().config()));
    }

    private static String line(Split split, Dataset data, Example example, Forecast forecast) throws IOException {
        ObjectNode line = JSON.createObjectNode();
        line.put("split", split.key());
        line.put("unit", example.unit());
        ArrayNode tokens = line.putArray("tokens");
        ArrayNode guesses = line.putArray("guesses");
        ArrayNode logProbs = line.putArray("log_probs");
        ArrayNode counted = line.putArray("counted");
        for (int i = 0; i < example.length(); i++) {
            tokens.add(data.vocabulary().token(example.token(i)));
            if (i > 0) {
                guesses.add(data.vocabulary().token(forecast.guess(i)));
                logProbs.add(forecast.logProb(i));
                counted.add(Evaluate.determined(data.determinacy()).test(example, i));
            }
        }
        return JSON.writeValueAsString(line);
    }
}
