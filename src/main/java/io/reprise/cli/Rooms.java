package io.reprise.cli;

import io.reprise.analysis.overlap.groups.GroupComparison;
import io.reprise.analysis.overlap.within.PairwiseOverlap;
import io.reprise.config.ExperimentConfig;
import io.reprise.config.Plan;
import io.reprise.config.ProbeConfig;
import io.reprise.experiment.ApplyOperator;
import io.reprise.experiment.ApplyProbe;
import io.reprise.experiment.Behaviour;
import io.reprise.experiment.BehaviourEvents;
import io.reprise.experiment.BehaviourFiles;
import io.reprise.experiment.BehaviourOptions;
import io.reprise.experiment.CircuitFound;
import io.reprise.experiment.Compare;
import io.reprise.experiment.CompareModels;
import io.reprise.experiment.EvaluateRelations;
import io.reprise.experiment.Experiment;
import io.reprise.experiment.ExtractFeatures;
import io.reprise.experiment.FindCircuit;
import io.reprise.experiment.FitOperator;
import io.reprise.experiment.Inspect;
import io.reprise.experiment.Inspection;
import io.reprise.experiment.InspectionTree;
import io.reprise.experiment.OverlapFiles;
import io.reprise.experiment.Parentage;
import io.reprise.experiment.ProbeOutcome;
import io.reprise.experiment.ProbeRun;
import io.reprise.experiment.PromptEvents;
import io.reprise.experiment.RelationJacobian;
import io.reprise.experiment.Reopen;
import io.reprise.experiment.RunEvents;
import io.reprise.experiment.RunOptions;
import io.reprise.experiment.RunOutcome;
import io.reprise.experiment.SaveBoundary;
import io.reprise.experiment.SplitModel;
import io.reprise.experiment.Suite;
import io.reprise.experiment.SuiteComparisons;
import io.reprise.experiment.SuiteReport;
import io.reprise.experiment.SyncRuns;
import io.reprise.experiment.TraceLens;
import io.reprise.model.pretrained.ModelSplit;
import io.reprise.report.LensFiles;
import io.reprise.report.LensView;
import io.reprise.report.TreeNode;
import io.reprise.report.TreePage;
import io.reprise.run.BehaviourResult;
import io.reprise.run.ExpectationResult;
import io.reprise.run.GitState;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Joins the commands to the rooms that do the work. */
final class Rooms implements Services {
    private final Clock clock = Clock.systemUTC();
    private final List<String> command;
    private final GitState git;

    /**
     * @param command the command line
     * @param home the project's directory, whose git state goes into a run's provenance
     */
    Rooms(List<String> command, Path home) {
        this.command = List.copyOf(command);
        this.git = GitState.read(GitState.program(home));
    }

    @Override
    public RunOutcome run(ExperimentConfig config, RunOptions options, Parentage parentage, RunEvents events)
            throws IOException {
        return new Experiment(clock, new AtomicFile(), git, command).run(config, options, parentage, events);
    }

    @Override
    public Summary summarize(Plan plan, List<Suite.Member> finished, RunOptions options, SuiteNotes notes)
            throws IOException {
        Suite runs = new Suite(plan, finished);
        Suite suite = new Suite(
                plan, finished, new SuiteComparisons(plan, runs, options, notes::progress).compare(new AtomicFile()));
        SyncRuns.endExecution(suite, clock, notes::warn);
        List<ExpectationResult> expectations = suite.judge();
        return new Summary(expectations, Optional.of(SuiteReport.write(plan, suite, expectations, options.runs())));
    }

    @Override
    public RunOutcome evaluate(Path run, RunOptions options, RunEvents events) throws IOException {
        return new Reopen(new AtomicFile()).evaluate(run, options, events);
    }

    @Override
    public BehaviourResult behaviour(BehaviourOptions options, BehaviourEvents events) throws IOException {
        BehaviourResult result = new Behaviour(options, events).ask();
        if (options.out().isPresent()) {
            BehaviourFiles.write(options.out().get(), result, command);
        }
        return result;
    }

    @Override
    public List<String> behaviourCatalogue(Path datasets) throws IOException {
        return Behaviour.catalogue(datasets);
    }

    @Override
    public Table compare(List<Path> places, List<String> by, List<String> metrics) throws IOException {
        Compare.Compared compared = Compare.runs(places, by, metrics);
        return new Table(compared.headings(), compared.rows(), compared.page());
    }

    @Override
    public ProbeOutcome probe(ProbeConfig config, RunOptions options, Optional<Path> out, RunEvents events)
            throws IOException {
        return new ProbeRun(clock, new AtomicFile(), git, command).run(config, options, out, events);
    }

    @Override
    public List<ApplyProbe.Row> applyProbe(
            Path directory, Optional<Path> model, Path examples, int threads, Consumer<String> notes)
            throws IOException {
        return ApplyProbe.run(directory, model, examples, threads, notes);
    }

    @Override
    public List<String> sync(List<Path> places, Optional<String> trackingUri) throws IOException {
        return SyncRuns.sync(places, trackingUri, clock);
    }

    @Override
    public Path export(Path run, String format, Path out, RunOptions options, RunEvents events) throws IOException {
        return new Reopen(new AtomicFile()).export(run, format, out, options, events);
    }

    @Override
    public LensView lens(TraceLens.Request request, PromptEvents progress) throws IOException {
        return TraceLens.trace(request, progress);
    }

    @Override
    public List<Path> write(LensView view, Path file) throws IOException {
        return LensFiles.write(view, file, new AtomicFile());
    }

    @Override
    public ExtractFeatures.Written features(ExtractFeatures.Request request, PromptEvents progress) throws IOException {
        return ExtractFeatures.extract(request, progress);
    }

    @Override
    public SplitModel.Written split(SplitModel.Request request, ModelSplit.Progress progress) throws IOException {
        return SplitModel.split(request, progress);
    }

    @Override
    public EvaluateRelations.Outcome relations(EvaluateRelations.Request request, EvaluateRelations.Events events)
            throws IOException {
        return new EvaluateRelations(clock, new AtomicFile(), git, command).evaluate(request, events);
    }

    @Override
    public FitOperator.Fitted fit(FitOperator.Request request, FitOperator.Events events) throws IOException {
        return FitOperator.fit(request, new AtomicFile(), events);
    }

    @Override
    public ApplyOperator.Applied apply(ApplyOperator.Request request, Consumer<String> notes) throws IOException {
        return ApplyOperator.apply(request, notes);
    }

    @Override
    public List<RelationJacobian.Written> jacobian(RelationJacobian.Request request, RelationJacobian.Events events)
            throws IOException {
        return RelationJacobian.write(request, events);
    }

    @Override
    public CircuitFound circuit(FindCircuit.Request request, FindCircuit.Events events) throws IOException {
        return FindCircuit.find(request, new AtomicFile(), events);
    }

    @Override
    public PairwiseOverlap overlap(OverlapFiles.Request request) throws IOException {
        return OverlapFiles.compare(request);
    }

    @Override
    public Compared compareModels(CompareModels.Request request, Path out, Consumer<String> progress)
            throws IOException {
        GroupComparison result = CompareModels.compare(request, progress);
        return new Compared(result, CompareModels.write(result, out, new AtomicFile()));
    }

    @Override
    public SaveBoundary.Written boundary(SaveBoundary.Request request, PromptEvents progress) throws IOException {
        return SaveBoundary.save(request, progress);
    }

    @Override
    public Inspected inspect(Path path, boolean eachBlock, Optional<Path> page) throws IOException {
        Inspection facts = Inspect.of(path);
        TreeNode tree = InspectionTree.of(facts, eachBlock);
        if (page.isPresent()) {
            new AtomicFile().write(page.get(), TreePage.html(tree, "Reprise inspect"));
        }
        return new Inspected(facts, tree);
    }
}
