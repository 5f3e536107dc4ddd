package io.reprise.cli;

import io.reprise.analysis.overlap.groups.GroupComparison;
import io.reprise.analysis.overlap.within.PairwiseOverlap;
import io.reprise.config.ExperimentConfig;
import io.reprise.config.Plan;
import io.reprise.config.ProbeConfig;
import io.reprise.experiment.ApplyOperator;
import io.reprise.experiment.ApplyProbe;
import io.reprise.experiment.BehaviourEvents;
import io.reprise.experiment.BehaviourOptions;
import io.reprise.experiment.CircuitFound;
import io.reprise.experiment.CompareModels;
import io.reprise.experiment.EvaluateRelations;
import io.reprise.experiment.ExtractFeatures;
import io.reprise.experiment.FindCircuit;
import io.reprise.experiment.FitOperator;
import io.reprise.experiment.Inspection;
import io.reprise.experiment.OverlapFiles;
import io.reprise.experiment.Parentage;
import io.reprise.experiment.ProbeOutcome;
import io.reprise.experiment.PromptEvents;
import io.reprise.experiment.RelationJacobian;
import io.reprise.experiment.RunEvents;
import io.reprise.experiment.RunOptions;
import io.reprise.experiment.RunOutcome;
import io.reprise.experiment.SaveBoundary;
import io.reprise.experiment.SplitModel;
import io.reprise.experiment.Suite;
import io.reprise.experiment.TraceLens;
import io.reprise.model.pretrained.ModelSplit;
import io.reprise.report.LensView;
import io.reprise.report.TreeNode;
import io.reprise.run.BehaviourResult;
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
    Summary summarize(Plan plan, List<Suite.Member> finished, RunOptions options, SuiteNotes notes) throws IOException;

    /** Hears how a summary gets on. */
    interface SuiteNotes {
        void progress(String what);

        void warn(String problem);
    }

    /**
     * @param expectations the file's expectations, over all runs
     * @param page where it is drawn, if it is
     */
    record Summary(List<ExpectationResult> expectations, Optional<Path> page) {}

    /** Evaluates and analyses the model of a run directory again. */
    RunOutcome evaluate(Path run, RunOptions options, RunEvents events) throws IOException;

    /**
     * Asks models sequence tasks, and writes the result where the options say.
     *
     * @throws IllegalArgumentException if a task, template or model can't be asked
     */
    BehaviourResult behaviour(BehaviourOptions options, BehaviourEvents events) throws IOException;

    /** The shipped tasks and templates, one a line. */
    List<String> behaviourCatalogue(Path datasets) throws IOException;

    /**
     * Compares finished runs.
     *
     * @param places run directories, or directories with runs somewhere below
     * @param by config keys that tell groups apart; what differs between the runs, if empty
     * @param metrics the usual ones if empty
     */
    Table compare(List<Path> places, List<String> by, List<String> metrics) throws IOException;

    /**
     * Fits a probe to labelled examples, with its controls.
     *
     * @param out the run directory, if not the usual place
     */
    ProbeOutcome probe(ProbeConfig config, RunOptions options, Optional<Path> out, RunEvents events) throws IOException;

    /** What the probe of a run directory says of further examples. */
    List<ApplyProbe.Row> applyProbe(
            Path directory, Optional<Path> model, Path examples, int threads, Consumer<String> notes)
            throws IOException;

    /** Publishes what trackers haven't got yet. One line per run. */
    List<String> sync(List<Path> places, Optional<String> trackingUri) throws IOException;

    /** Writes a run's model in another format. */
    Path export(Path run, String format, Path out, RunOptions options, RunEvents events) throws IOException;

    /** Looks at prompts through the lens. */
    LensView lens(TraceLens.Request request, PromptEvents progress) throws IOException;

    /** Writes a lens to a file of the kind that its ending says. @return the files */
    List<Path> write(LensView view, Path file) throws IOException;

    /** Writes the activations of prompts at some sites. */
    ExtractFeatures.Written features(ExtractFeatures.Request request, PromptEvents progress) throws IOException;

    /** Writes the upper part of a model. */
    SplitModel.Written split(SplitModel.Request request, ModelSplit.Progress progress) throws IOException;

    /** Measures the linear operators of relations. */
    EvaluateRelations.Outcome relations(EvaluateRelations.Request request, EvaluateRelations.Events events)
            throws IOException;

    /** Fits one linear operator of a relation, and writes it. */
    FitOperator.Fitted fit(FitOperator.Request request, FitOperator.Events events) throws IOException;

    /** What a stored operator makes of subjects, beside its model. */
    ApplyOperator.Applied apply(ApplyOperator.Request request, Consumer<String> notes) throws IOException;

    /** Writes Jacobians and biases of prompts. */
    List<RelationJacobian.Written> jacobian(RelationJacobian.Request request, RelationJacobian.Events events)
            throws IOException;

    /** Finds the circuit behind a task, and judges it. */
    CircuitFound circuit(FindCircuit.Request request, FindCircuit.Events events) throws IOException;

    /** What every two circuits share. */
    PairwiseOverlap overlap(OverlapFiles.Request request) throws IOException;

    /** Compares two models, or groups of seeds, at a task and writes a page. */
    Compared compareModels(CompareModels.Request request, Path out, Consumer<String> progress) throws IOException;

    /** @param page where it was drawn */
    record Compared(GroupComparison result, Path page) {}

    /** Writes what the upper part of a model starts from. */
    SaveBoundary.Written boundary(SaveBoundary.Request request, PromptEvents progress) throws IOException;

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
