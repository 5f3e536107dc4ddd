package io.reprise.cli;

import io.reprise.config.ExperimentConfig;
import io.reprise.config.Plan;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Joins the commands to the rooms that do the work. */
final class Rooms implements Services {
    @Override
    public RunOutcome run(ExperimentConfig config, RunOptions options, RunEvents events) {
        throw new UnsupportedOperationException("run");
    }

    @Override
    public Summary summarize(Plan plan, List<Finished> finished) {
        throw new UnsupportedOperationException("summarize");
    }

    @Override
    public RunOutcome evaluate(Path run, RunOptions options, RunEvents events) {
        throw new UnsupportedOperationException("evaluate");
    }

    @Override
    public Table compare(List<Path> places, List<String> by, List<String> metrics) {
        throw new UnsupportedOperationException("compare");
    }

    @Override
    public List<String> sync(List<Path> places, Optional<String> trackingUri) {
        throw new UnsupportedOperationException("sync");
    }

    @Override
    public Path export(Path run, String format, Path out) {
        throw new UnsupportedOperationException("export");
    }

    @Override
    public List<String> inspect(Path path) {
        throw new UnsupportedOperationException("inspect");
    }
}
