package io.reprise.cli;

import io.reprise.config.RelationConfig;
import io.reprise.config.Setting;
import io.reprise.experiment.EvaluateRelations;
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

/** {@code reprise relation evaluate}. */
@Command(
        name = "evaluate",
        header = "Measure linear operators of relations: faithfulness and causality, beside their baselines.",
        description = {
            "For every relation and trial: an operator z = β·W·h + b from the Jacobians at a few training subjects, layer, β and"
                    + " rank chosen on those subjects alone, then held-out subjects that the model itself gets right. Faithfulness:"
                    + " the operator's best token is right. Causality: an edit of h by the pseudo-inverse of W makes the model say"
                    + " another subject's object.",
            "Settings are in a YAML file, in options, or given as KEY=VALUE; all have the same names. A call that was stopped goes"
                    + " on where it was.",
            "Relation files are JSON in the format of Hernandez et al.'s dataset; a few come with reprise (datasets/relations)."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise relation evaluate --model models/gpt2-xl --prefix \"<|endoftext|>\" study.layers=[12,18,24] study.trials=3",
            "  reprise relation evaluate --model models/gpt2 --relations data/relations --only \"country capital city\"",
            "  reprise relation evaluate relations.yaml study.betas=[1,2.25]"
        })
final class RelationEvaluateCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..*",
            paramLabel = "FILE KEY=VALUE",
            description = "A YAML file, and values to change: study.train=8, study.layers=[5,6].")
    private List<String> given = List.of();

    @Option(names = "--model", paramLabel = "DIR", description = "A model directory or a run directory.")
    private String model;

    @Option(
            names = "--part",
            paramLabel = "DIR",
            description = "Its upper part, as reprise split writes it; the lower blocks go a layer at a time.")
    private String part;

    @Option(
            names = "--relations",
            split = ",",
            paramLabel = "FILE",
            description = "Relation files, or directories of them (default: those that come with reprise).")
    private List<String> relations = List.of();

    @Option(names = "--only", split = ",", paramLabel = "NAME", description = "Relations by name (default: all).")
    private List<String> only = List.of();

    @Option(names = "--prefix", paramLabel = "TEXT", description = "What prompts begin with (default: nothing).")
    private String prefix;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "1g",
            converter = SubjectOptions.Bytes.class,
            description = "For tangents, beside a layer's weights (default: ${DEFAULT-VALUE}).")
    private long memory;

    @Option(names = "--out", paramLabel = "DIR", description = "Where it is written (default: below --runs).")
    private Path out;

    @Mixin
    private Places places;

    @Mixin
    private Output output;

    private final Services services;
    private final Terminal terminal;

    RelationEvaluateCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        var screen = new Screen(terminal);
        var request = new EvaluateRelations.Request(
                RelationConfig.load(file(), settings()),
                Optional.ofNullable(out),
                places.runs,
                places.datasets(),
                places.threads(),
                memory);
        EvaluateRelations.Outcome outcome;
        try (var progress = new RelationProgressBar(screen, output.silent())) {
            outcome = services.relations(request, progress);
        }
        if (output.json) {
            outcome.results().forEach(result -> screen.result(JsonLines.of(result)));
            return 0;
        }
        RelationTable.lines(outcome.results()).forEach(screen::result);
        outcome.leftOut().forEach(left -> screen.result("left out  " + left.relation() + ": " + left.reason()));
        screen.result(outcome.page().toString());
        outcome.tracking().ifPresent(words -> screen.result("MLflow  " + words));
        return 0;
    }

    private Optional<Path> file() {
        return given.stream()
                .filter(word -> !word.contains("=") || Files.isRegularFile(Path.of(word)))
                .findFirst()
                .map(Path::of);
    }

    private List<Setting> settings() {
        Map<String, String> options = new LinkedHashMap<>();
        put(options, "model", model);
        put(options, "part", part);
        put(options, "study.prefix", prefix);
        put(options, "relations", relations);
        put(options, "only", only);
        List<Setting> settings = new ArrayList<>();
        options.forEach((key, value) -> settings.add(Setting.parse(key + "=" + value)));
        List<String> words = new ArrayList<>(given);
        file().map(Path::toString).ifPresent(words::remove);
        for (String word : words) {
            if (!word.contains("=")) {
                throw new IllegalArgumentException("\"" + word + "\" is neither the one YAML file nor KEY=VALUE");
            }
            settings.add(Setting.parse(word));
        }
        return settings;
    }

    private static void put(Map<String, String> options, String key, String value) {
        if (value != null) {
            options.put(key, quoted(value));
        }
    }

    private static void put(Map<String, String> options, String key, List<String> values) {
        if (!values.isEmpty()) {
            options.put(
                    key,
                    "["
                            + String.join(
                                    ", ",
                                    values.stream()
                                            .map(RelationEvaluateCommand::quoted)
                                            .toList()) + "]");
        }
    }

    /** As a YAML string. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
