package io.reprise.cli;

import io.reprise.experiment.RunOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code reprise evaluate}. */
@Command(
        name = "evaluate",
        header = "Evaluate and analyse a trained run again.",
        description =
                "Reads the model of a run directory, scores it on its test set, does its analyses and renews its report.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise evaluate runs/quickstart/5f3a91c2/seed-42",
            "  reprise train experiments/quickstart.yaml && reprise evaluate runs/quickstart/5f3a91c2/seed-42"
        })
final class EvaluateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", description = "A run directory.")
    private Path run;

    @Mixin
    private Places places;

    @Mixin
    private Output output;

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
        var options = new RunOptions(places.runs, places.datasets(), places.threads(), false, false, false);
        return new Runs(services, new Screen(terminal), output, failures)
                .watched(events -> services.evaluate(run, options, events));
    }
}
