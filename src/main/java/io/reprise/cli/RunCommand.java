package io.reprise.cli;

import io.reprise.config.ConfigTree;
import io.reprise.config.ExperimentConfig;
import io.reprise.config.Plan;
import io.reprise.config.Setting;
import io.reprise.experiment.RunOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise run} and, with {@code trainOnly}, {@code reprise train}. */
@Command(
        name = "run",
        header = "Run an experiment: train, evaluate, analyse, publish, report.",
        description = {
            "Reads a YAML file, does what it says and writes runs/<name>/<hash>/seed-<n>/ with a report.",
            "A finished run is left alone: --force does it again, --resume goes on with an interrupted one."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise run experiments/quickstart.yaml",
            "  reprise run experiments/quickstart.yaml model.n_heads=1 train.steps=500",
            "  reprise run experiments/quickstart.yaml --sweep seed=1..5 model.d_model=32,64 --threads 8",
            "  reprise run experiments/plus-two-generalization.yaml --arm transition seed=11",
            "  reprise run experiments/quickstart.yaml --quiet --json"
        })
final class RunCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "The experiment's YAML file.")
    private Path file;

    @Parameters(
            index = "1..*",
            paramLabel = "KEY=VALUE",
            description = "Change a value of the file: train.steps=500, task.mixture.0.start=1..9.")
    private List<String> settings = List.of();

    @Option(
            names = "--sweep",
            arity = "1..*",
            paramLabel = "KEY=VALUES",
            description = "Run every combination: seed=1..5 model.d_model=32,64. Goes before the file's own sweep.")
    private List<String> sweep = List.of();

    @Option(names = "--arm", paramLabel = "NAME", description = "Only this arm of the experiment; may be repeated.")
    private List<String> arms = List.of();

    @Option(names = "--resume", description = "Go on with an interrupted run from its last checkpoint.")
    private boolean resume;

    @Option(names = "--force", description = "Do a finished or broken run again.")
    private boolean force;

    @Mixin
    private Places places;

    @Mixin
    private Output output;

    private final Services services;
    private final Terminal terminal;
    private final Failures failures;
    private final boolean trainOnly;

    RunCommand(Services services, Terminal terminal, Failures failures, boolean trainOnly) {
        this.services = services;
        this.terminal = terminal;
        this.failures = failures;
        this.trainOnly = trainOnly;
    }

    @Override
    public Integer call() throws Exception {
        var options = new RunOptions(places.runs, places.datasets(), places.threads(), resume, force, trainOnly);
        var plan = Plan.of(
                ConfigTree.load(file, ExperimentConfig.class),
                settings.stream().map(Setting::parse).toList(),
                sweep,
                arms);
        return new Runs(services, new Screen(terminal), output, failures).all(plan, options);
    }
}
