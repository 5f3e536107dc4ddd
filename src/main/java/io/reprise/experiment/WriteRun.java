package io.reprise.experiment;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.data.Split;
import io.reprise.run.RunDirectory;
import io.reprise.train.Forecast;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Step 7, in part: the predictions of every example that was not trained on, one JSON object a line. */
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
