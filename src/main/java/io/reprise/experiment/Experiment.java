package io.reprise.experiment;

import io.reprise.backend.Backend;
import io.reprise.config.ExperimentConfig;
import io.reprise.data.Dataset;
import io.reprise.run.GitState;
import io.reprise.run.Provenance;
import io.reprise.run.RunDirectory;
import io.reprise.run.RunLayout;
import io.reprise.run.RunResult;
import io.reprise.run.RunState;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * One run, from its config to its report: build the data, build the model, train, evaluate, analyse, write, render, publish.
 * One class per step. An experiment that compares circuits from files has only the last three.
 */
public final class Experiment {
    private final Clock clock;
    private final AtomicFile files;
    private final GitState git;
    private final List<String> command;

    /**
     * @param files how the run directory is written
     * @param git state of the sources
     * @param command the command line that repeats the run
     */
    public Experiment(Clock clock, AtomicFile files, GitState git, List<String> command) {
        this.clock = clock;
        this.files = files;
        this.git = git;
        this.command = List.copyOf(command);
    }

    /**
     * @throws IllegalArgumentException for what the user can mend: a request that cannot be met, a directory that is in use
     */
    public RunOutcome run(ExperimentConfig config, RunOptions options, Parentage parentage, RunEvents events)
            throws IOException {
        Path directory = RunLayout.locate(
                options.runs(), config.name(), config.resolved().hash(), config.modelSeed());
        RunDirectory.Inspection found = RunDirectory.inspect(directory);
        if (found.state() == RunState.FINISHED && !options.force()) {
            RunLayout layout = RunDirectory.openFinished(directory);
            refuseAnotherModel(config, layout);
            refuseOtherCircuits(config, layout);
            RunResult result = RunResult.read(layout.results());
            return new RunOutcome(directory, result, Optional.of(layout.report()), Optional.empty(), true);
        }
        Stopwatch watch = new Stopwatch(clock);
        if (!config.circuits().isEmpty()) {
            return compare(config, options, directory, found, parentage, events, watch);
        }
        Dataset data = BuildData.build(config, options.datasets());
        watch.lap("data");
        try (Backend backend = Backends.open(config, options.threads());
                RunDirectory run = claim(directory, found, options, clock, files)) {
            try {
                return new Pipeline(config, options, data, backend, run, events, clock, watch)
                        .run(git, command, parentage);
            } catch (IOException | RuntimeException e) {
                run.fail(String.valueOf(e.getMessage()));
                throw e;
            }
        }
    }

    private RunOutcome compare(
            ExperimentConfig config,
            RunOptions options,
            Path directory,
            RunDirectory.Inspection found,
            Parentage parentage,
            RunEvents events,
            Stopwatch watch)
            throws IOException {
        if (options.trainOnly()) {
            throw new IllegalArgumentException(
                    config.name() + " compares circuits from files and has nothing to train; use reprise run");
        }
        CompareCircuits circuits = CompareCircuits.read(config.circuits());
        watch.lap("read");
        try (RunDirectory run = claim(directory, found, options, clock, files)) {
            try {
                return new CircuitsPipeline(config, circuits, run, events, clock, watch).run(git, command, parentage);
            } catch (IOException | RuntimeException e) {
                run.fail(String.valueOf(e.getMessage()));
                throw e;
            }
        }
    }

    /** Circuits are named by their files, which may have changed since. */
    private static void refuseOtherCircuits(ExperimentConfig config, RunLayout layout) throws IOException {
        if (!config.circuits().isEmpty()
                && !Provenance.read(layout.provenance())
                        .dataDigests()
                        .equals(CircuitsPipeline.digests(config.circuits()))) {
            throw new IllegalArgumentException(layout.root()
                    + " is finished, but its circuits' files have changed since; do it again with --force");
        }
    }

    /** A pretrained model is named by its directory, whose files may have changed since. */
    private static void refuseAnotherModel(ExperimentConfig config, RunLayout layout) throws IOException {
        if (config.pretrained().isPresent()) {
            String then = Provenance.read(layout.provenance()).dataDigests().getOrDefault(ModelDigest.KEY, "");
            if (!then.equals(ModelDigest.of(config.pretrained().get()))) {
                throw new IllegalArgumentException(layout.root() + " is finished, but with another model in "
                        + config.pretrained().get() + " than stands there now; do it again with --force");
            }
        }
    }

    /** The directory, if it may be written: new, or to be resumed or redone as the options say. */
    static RunDirectory claim(
            Path directory, RunDirectory.Inspection found, RunOptions options, Clock clock, AtomicFile files) {
        return switch (found.state()) {
            case ABSENT -> RunDirectory.start(directory, clock, files);
            case RUNNING ->
                throw new IllegalArgumentException(
                        directory + " is being written by another process; wait for it or end it");
            case FINISHED -> RunDirectory.restart(directory, clock, files);
            case INTERRUPTED, FAILED -> {
                if (options.resume()) {
                    yield RunDirectory.resume(directory, clock, files);
                }
                if (options.force()) {
                    yield RunDirectory.restart(directory, clock, files);
                }
                throw new IllegalArgumentException(directory + " has a run that did not finish (" + found.detail()
                        + "); go on with --resume, or start over with --force");
            }
            case HALF_WRITTEN -> {
                if (options.force()) {
                    yield RunDirectory.restart(directory, clock, files);
                }
                throw new IllegalArgumentException(
                        directory + " is half-written (" + found.detail() + "); start over with --force");
            }
        };
    }
}
