package io.reprise.cli;

import io.reprise.config.ExperimentConfig;
import io.reprise.config.Plan;
import io.reprise.experiment.Inspection;
import io.reprise.experiment.Parentage;
import io.reprise.experiment.RunEvents;
import io.reprise.experiment.RunOptions;
import io.reprise.experiment.RunOutcome;
import io.reprise.experiment.Suite;
import io.reprise.report.TreeNode;
import io.reprise.run.ExpectationResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the commands ask for; the words of the answers are theirs. Mistakes of the user are IllegalArgumentException and
 * IOException, with a message for them.
 */
public interface Services {
    /**
     * Runs one experiment, or only trains it.
     *
     * @param parentage the execution that the run belongs to
     */
    RunOutcome run(ExperimentConfig config, RunOptions options, Parentage parentage, RunEvents events)
            throws IOException;

    /**
     * What the runs of an experiment with arms or a sweep say together.
     *
     * @param finished those that finished, in the plan's order
     */
    Summary summarize(Plan plan, List<Suite.Member> finished, RunOptions options, Consumer<String> warn)
            throws IOException;

    /**
     * @param expectations the file's expectations, over all runs
     * @param page where it is drawn, if it is
     */
    record Summary(List<ExpectationResult> expectations, Optional<Path> page) {}

    /** Evaluates and analyses the model of a run directory again. */
    RunOutcome evaluate(Path run, RunOptions options, RunEvents events) throws IOException;

    /**
     * Compares finished runs.
     *
     * @param places run directories, or directories with runs somewhere below
     * @param by config keys that tell groups apart; what differs between the runs, if empty
     * @param metrics the usual ones if empty
     */
    Table compare(List<Path> places, List<String> by, List<String> metrics) throws IOException;

    /** Publishes what trackers haven't got yet. One line per run. */
    List<String> sync(List<Path> places, Optional<String> trackingUri) throws IOException;

    /** Writes a run's model in another format. */
    Path export(Path run, String format, Path out, RunOptions options, RunEvents events) throws IOException;

    /**
     * Says what a run directory, a model directory or a weights file holds.
     *
     * @param eachBlock whether equal blocks are shown each by itself
     * @param page where the tree is written as a page
     */
    Inspected inspect(Path path, boolean eachBlock, Optional<Path> page) throws IOException;

    /**
     * The same thing twice.
     *
     * @param facts for scripts
     * @param tree for people
     */
    record Inspected(Inspection facts, TreeNode tree) {}

    /**
     * Rows of text under headings.
     *
     * @param page where it is drawn, if it is
     */
    record Table(List<String> headings, List<List<String>> rows, Optional<Path> page) {}
}
