package io.reprise.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** The command line: picks the command, runs it, gives its exit code. */
@Command(
        name = "reprise",
        header = "Trains small sequence models and opens transformers up: one YAML file, one command, one report.",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Reprise.Version.class,
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise run experiments/quickstart.yaml",
            "  reprise run --help",
            "%nExit codes: 0 done, 2 a mistake in what was asked for, 1 a mistake of reprise."
        })
final class Reprise implements Callable<Integer> {
    private static final String DEBUG = "--debug";

    @Spec
    private CommandSpec spec;

    private Reprise() {}

    /** Runs a command line. @return the exit code */
    static int run(Services services, Terminal terminal, String... args) {
        var failures = new Failures(terminal, List.of(args).contains(DEBUG));
        var commands = new CommandLine(new Reprise())
                .addSubcommand(new RunCommand(services, terminal, failures, false))
                .addSubcommand(train(services, terminal, failures))
                .addSubcommand(new EvaluateCommand(services, terminal, failures))
                .addSubcommand(new LensCommand(services, terminal))
                .addSubcommand(new CompareCommand(services, terminal))
                .addSubcommand(new CompareModelsCommand(services, terminal))
                .addSubcommand(new CircuitCommand(services, terminal))
                .addSubcommand(new OverlapCommand(services, terminal))
                .addSubcommand(new FeaturesCommand(services, terminal))
                .addSubcommand(new ProbeCommand(services, terminal))
                .addSubcommand(new SplitCommand(services, terminal))
                .addSubcommand(RelationCommand.of(services, terminal))
                .addSubcommand(new SyncCommand(services, terminal))
                .addSubcommand(new ExportCommand(services, terminal))
                .addSubcommand(new InspectCommand(services, terminal));
        addCommonOptions(commands);
        commands.setOut(terminal.outWriter())
                .setErr(terminal.errWriter())
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(Math.max(80, Math.min(120, terminal.columns())))
                .setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(failures);
        try {
            return commands.execute(args);
        } catch (OutOfMemoryError | StackOverflowError | AssertionError | LinkageError e) {
            return failures.tell(e);
        }
    }

    private static void addCommonOptions(CommandLine commands) {
        for (var command : commands.getSubcommands().values()) {
            command.getCommandSpec()
                    .mixinStandardHelpOptions(true)
                    .addOption(OptionSpec.builder(DEBUG)
                            .description("Show where in the program a problem comes from.")
                            .build());
            addCommonOptions(command);
        }
    }

    private static CommandLine train(Services services, Terminal terminal, Failures failures) {
        var train = new CommandLine(new RunCommand(services, terminal, failures, true));
        train.setCommandName("train");
        train.getCommandSpec()
                .usageMessage()
                .header("Train an experiment's model, without evaluation, analyses and report.")
                .footer(
                        "  reprise train experiments/quickstart.yaml",
                        "  reprise train experiments/quickstart.yaml train.steps=500 --resume");
        return train;
    }

    /** Without a command: what there is, and that one is missing. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return Failures.USERS;
    }

    /** The jar's version. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            var version = Reprise.class.getPackage().getImplementationVersion();
            return new String[] {
                "reprise " + (version == null ? "(not from a jar)" : version),
                "Java " + System.getProperty("java.version") + " · " + System.getProperty("os.name") + " "
                        + System.getProperty("os.arch")
            };
        }
    }
}
