package io.reprise.cli;

import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.experiment.BehaviourOptions;
import io.reprise.experiment.RunOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code reprise evaluate}. */
@Command(
        name = "evaluate",
        header = "Evaluate a trained run again, or ask any models sequence tasks.",
        description = {
            "With RUN: reads the model of a run directory, scores it on its test set, does its analyses and renews its"
                    + " report.",
            "With --model and --task: how often models continue sequences right, by task, members given and template: the"
                    + " answer's first token and the whole answer, beside baselines. --task list shows what there is."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise evaluate runs/quickstart/5f3a91c2/seed-42",
            "  reprise evaluate --task list",
            "  reprise evaluate --model models/gpt2 --task months,plus-2 --given 2,3,5 --out months",
            "  reprise evaluate --model models/gpt2-xl --model models/gpt-neo-2.7B --task fibonacci",
            "  reprise evaluate --model models/gpt2 --task all --template list --template '{x1}; {x2}'",
            "  reprise evaluate --model runs/quickstart/5f3a91c2/seed-42 --task plus-1,fibonacci"
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final String LIST = "list";

    @Parameters(arity = "0..1", paramLabel = "RUN", description = "A run directory.")
    private Optional<Path> run = Optional.empty();

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "A model directory, or a run's; several --model are shown side by side.")
    private List<Path> models = List.of();

    @Option(
            names = "--task",
            split = ",",
            paramLabel = "TASK",
            description = "Tasks: names, YAML files (name, series, rule, values, start), all; list shows them.")
    private List<String> tasks = List.of();

    @Option(
            names = "--given",
            split = ",",
            paramLabel = "N",
            description = "Members shown before the answer (default: 2,3,5).")
    private List<Integer> given = List.of();

    @Option(
            names = "--template",
            paramLabel = "TEMPLATE",
            description =
                    "How prompts are written: a name, a file, or '{x1}, {x2}' (default: spaces). Several are compared.")
    private List<String> templates = List.of();

    @Option(names = "--limit", paramLabel = "N", description = "Questions per task and N, at most (default: 100).")
    private Optional<Integer> limit = Optional.empty();

    @Option(names = "--batch", paramLabel = "N", description = "Prompts in one pass (default: 32).")
    private Optional<Integer> batch = Optional.empty();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Which questions are drawn where there are more than --limit (default: 0).")
    private Optional<Long> seed = Optional.empty();

    @Option(names = "--stream", description = "Keep one layer of a model in memory at a time.")
    private boolean stream;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "A directory for behaviour.json, behaviour.csv and report.html.")
    private Optional<Path> out = Optional.empty();

    @Mixin
    private Places places;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec spec;

    private final Services services;
    private final Terminal terminal;
    private final Failures failures;

    EvaluateCommand(Services services, Terminal terminal, Failures failures) {
        this.services = services;
        this.terminal = terminal;
        this.failures = failures;
    }

    @Override
    public Integer call() throws Exception {
        if (run.isPresent()) {
            requireNothingOfModels();
            var options = new RunOptions(places.runs, places.datasets(), places.threads(), false, false, false);
            return new Runs(services, new Screen(terminal), output, failures)
                    .watched(events -> services.evaluate(run.get(), options, events));
        }
        if (tasks.contains(LIST)) {
            var screen = new Screen(terminal);
            services.behaviourCatalogue(places.datasets()).forEach(screen::result);
            return 0;
        }
        if (models.isEmpty() || tasks.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    models.isEmpty() && tasks.isEmpty()
                            ? "Say what to evaluate: a RUN directory, or --model DIR with --task TASK."
                            : models.isEmpty()
                                    ? "--task needs a --model DIR to ask."
                                    : "--model needs a --task to be asked; --task list shows them.");
        }
        var options = new BehaviourOptions(
                models,
                tasks,
                given.isEmpty() ? List.of(2, 3, 5) : given,
                templates,
                limit.orElse(100),
                batch.orElse(32),
                seed.orElse(0L),
                places.datasets(),
                BackendChoice.CPU,
                places.threads(),
                stream,
                out);
        return new BehaviourScreen(services, new Screen(terminal), output).show(options);
    }

    private void requireNothingOfModels() {
        boolean mixed = !models.isEmpty()
                || !tasks.isEmpty()
                || !given.isEmpty()
                || !templates.isEmpty()
                || limit.isPresent()
                || batch.isPresent()
                || seed.isPresent()
                || stream
                || out.isPresent();
        if (mixed) {
            throw new ParameterException(
                    spec.commandLine(),
                    "RUN is evaluated on its own test set; --task and its options need --model: reprise evaluate --model "
                            + run.orElseThrow() + " --task TASK.");
        }
    }
}
