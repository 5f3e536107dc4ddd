package io.reprise.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code reprise relation}: what has to do with relation operators, a command each. */
@Command(
        name = "relation",
        header = "How a model gets from a subject to what it says of it.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise relation evaluate --model models/gpt2-xl --only \"country capital\" study.layers=[12,18,24]",
            "  reprise relation jacobian --help"
        })
final class RelationCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    private RelationCommand() {}

    static CommandLine of(Services services, Terminal terminal) {
        return new CommandLine(new RelationCommand())
                .addSubcommand(new RelationEvaluateCommand(services, terminal))
                .addSubcommand(new RelationFitCommand(services, terminal))
                .addSubcommand(new RelationApplyCommand(services, terminal))
                .addSubcommand(new JacobianCommand(services, terminal))
                .addSubcommand(new BoundaryCommand(services, terminal));
    }

    /** Without a command: what there is, and that one is missing. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return Failures.USERS;
    }
}
