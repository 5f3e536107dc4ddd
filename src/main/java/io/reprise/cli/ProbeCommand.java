package io.reprise.cli;

import io.reprise.config.ProbeConfig;
import io.reprise.config.Setting;
import io.reprise.experiment.ApplyProbe;
import io.reprise.experiment.ProbeOutcome;
import io.reprise.experiment.RunOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise probe}. */
@Command(
        name = "probe",
        header = "Fit a classifier to a model's activations, beside the controls that keep it from flattering.",
        description = {
            "Examples are JSON lines {\"text\": …, \"label\": …} or {\"tokens\": [ids], \"label\": …}; \"group\" keeps lines in one"
                    + " part of the split, \"split\": \"train\" | \"validation\" | \"test\" names the part.",
            "Settings are in a YAML file, in options, or given as KEY=VALUE; all have the same names. The result is a run"
                    + " directory with a report.",
            "With --load, a probe that was fitted before predicts the labels of --examples."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise probe --model models/gpt2 --examples mood.jsonl --sites h.5,h.8 --pool mean",
            "  reprise probe --model runs/quickstart/5f3a91c2/seed-42 --examples parity.jsonl --linear --seeds 5",
            "  reprise probe probes/mood.yaml head.lr=1.0e-3 --fine-tune fine_tune.steps=100",
            "  reprise probe --load runs/mood/8c1d22aa/seed-42 --examples more.jsonl --json"
        })
final class ProbeCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..*",
            paramLabel = "FILE KEY=VALUE",
            description = "A YAML file, and values to change: head.hidden=32, split={validation: 0.1, test: 0.5}.")
    private List<String> given = List.of();

    @Option(names = "--model", paramLabel = "DIR", description = "A model directory or a run directory.")
    private String model;

    @Option(names = "--examples", paramLabel = "FILE", description = "Labelled examples, JSON lines.")
    private String examples;

    @Option(
            names = "--sites",
            split = ",",
            paramLabel = "SITE",
            description = "What the probe reads, side by side (default: the last block's output).")
    private List<String> sites = List.of();

    @Option(names = "--pool", paramLabel = "HOW", description = "mean, last, max, or a position (-1 the last).")
    private String pool;

    @Option(names = "--linear", description = "A linear head instead of linear–relu–linear.")
    private boolean linear;

    @Option(names = "--seeds", paramLabel = "N", description = "Heads to fit, to true and to shuffled labels.")
    private String seeds;

    @Option(names = "--random-models", paramLabel = "N", description = "Models with random weights to compare with.")
    private String randomModels;

    @Option(names = "--seed", paramLabel = "N", description = "Of the split, the heads and the random models.")
    private String seed;

    @Option(names = "--fine-tune", description = "Then train head and blocks below together; the model is written.")
    private boolean fineTune;

    @Option(names = "--out", paramLabel = "DIR", description = "The run directory (default: below --runs).")
    private Path out;

    @Option(names = "--load", paramLabel = "DIR", description = "Predict with the probe of this run directory.")
    private Path load;

    @Option(names = "--resume", description = "Go on with interrupted fine-tuning from its last checkpoint.")
    private boolean resume;

    @Option(names = "--force", description = "Do a finished or broken probe again.")
    private boolean force;

    @Mixin
    private Places places;

    @Mixin
    private Output output;

    private final Services services;
    private final Terminal terminal;

    ProbeCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        Screen screen = new Screen(terminal);
        if (load != null) {
            return predict(screen);
        }
        RunOptions options = new RunOptions(places.runs, places.datasets(), places.threads(), resume, force, false);
        ProbeConfig config = ProbeConfig.load(file(), settings());
        if (output.silent()) {
            tell(screen, services.probe(config, options, Optional.ofNullable(out), new Silence(screen, "")));
            return 0;
        }
        Console console = new Console(screen, System::nanoTime);
        try {
            ProbeOutcome outcome = services.probe(config, options, Optional.ofNullable(out), console);
            console.endBar();
            tell(screen, outcome);
            return 0;
        } finally {
            console.endBar();
        }
    }

    private Optional<Path> file() {
        return given.stream()
                .filter(word -> !word.contains("=") || Files.isRegularFile(Path.of(word)))
                .findFirst()
                .map(Path::of);
    }

    private List<Setting> settings() {
        Map<String, String> options = new LinkedHashMap<>();
        if (model != null) {
            options.put("model", quoted(model));
        }
        if (examples != null) {
            options.put("examples", quoted(examples));
        }
        if (!sites.isEmpty()) {
            options.put("sites", "[" + String.join(", ", sites) + "]");
        }
        if (pool != null) {
            options.put("pool", pool.matches("-?\\d+") ? "{position: " + pool + "}" : pool);
        }
        if (linear) {
            options.put("head.hidden", "0");
        }
        if (seeds != null) {
            options.put("seeds", seeds);
        }
        if (randomModels != null) {
            options.put("random_models", randomModels);
        }
        if (seed != null) {
            options.put("seed", seed);
        }
        List<Setting> settings = new ArrayList<>();
        options.forEach((key, value) -> settings.add(Setting.parse(key + "=" + value)));
        Optional<String> file = file().map(Path::toString);
        List<String> words = new ArrayList<>(given);
        file.ifPresent(words::remove);
        if (fineTune && words.stream().noneMatch(word -> word.startsWith("fine_tune"))) {
            settings.add(Setting.parse("fine_tune={}"));
        }
        words.forEach(word -> {
            if (!word.contains("=")) {
                throw new IllegalArgumentException("\"" + word + "\" is neither the one YAML file nor KEY=VALUE");
            }
            settings.add(Setting.parse(word));
        });
        return settings;
    }

    /** As a YAML string. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private void tell(Screen screen, ProbeOutcome outcome) {
        if (output.json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("directory", outcome.directory().toString());
            object.put("already_finished", outcome.already());
            object.put("result", outcome.result());
            object.put("metrics", outcome.result().metrics());
            screen.result(JsonLines.of(object));
            return;
        }
        if (outcome.already()) {
            screen.result("done   this probe is finished already; --force does it again");
        }
        ProbeTable.lines(outcome.result()).forEach(screen::result);
        screen.result(outcome.report().toString());
        outcome.tracking().ifPresent(words -> screen.result("MLflow  " + words));
    }

    private int predict(Screen screen) throws IOException {
        if (examples == null) {
            throw new IllegalArgumentException("--load needs examples to predict: give --examples FILE");
        }
        List<ApplyProbe.Row> rows = services.applyProbe(
                load, Optional.ofNullable(model).map(Path::of), Path.of(examples), places.threads(), screen::warn);
        for (ApplyProbe.Row row : rows) {
            if (output.json) {
                screen.result(JsonLines.of(row));
            } else {
                String verdict = row.given().isEmpty()
                        ? ""
                        : row.given().equals(row.label()) ? "  right" : "  not " + row.given();
                screen.result(row.where() + "  " + row.label() + verdict);
            }
        }
        return 0;
    }
}
