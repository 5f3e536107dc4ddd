package io.reprise.cli;

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
import io.reprise.run.BehaviourCell;
import io.reprise.run.BehaviourResult;
import io.reprise.run.DataSummary;
import io.reprise.run.ExpectationResult;
import io.reprise.run.RunResult;
import io.reprise.run.Score;
import io.reprise.train.Evaluation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A command line whose rooms are played by a few lines, and which remembers what was said. */
final class Desk implements Services {
    final List<RunOptions> runs = Collections.synchronizedList(new ArrayList<>());
    final List<String> parents = Collections.synchronizedList(new ArrayList<>());
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final boolean terminal;
    private Trouble trouble = seed -> {};

    Desk(boolean terminal) {
        this.terminal = terminal;
    }

    /** What goes wrong in a run. */
    interface Trouble {
        void with(long seed) throws IOException;
    }

    Desk but(Trouble what) {
        trouble = what;
        return this;
    }

    int type(String... words) {
        var streams = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminal,
                false,
                200);
        return Reprise.run(this, streams, words);
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Override
    public RunOutcome run(ExperimentConfig config, RunOptions options, Parentage parentage, RunEvents events)
            throws IOException {
        runs.add(options);
        parents.add(parentage.id());
        trouble.with(config.modelSeed());
        events.onStart(
                config.name(),
                "numerals +1",
                "1 layer, 2 heads, d_model 64",
                38_720,
                config.modelSeed(),
                "cpu",
                options.threads(),
                100);
        var sizes = new LinkedHashMap<String, Integer>();
        sizes.put("train", 4096);
        sizes.put("validation", 512);
        sizes.put("test", 512);
        var overlaps = new LinkedHashMap<String, Double>();
        overlaps.put("examples", 0.0);
        overlaps.put("windows", 0.061);
        overlaps.put("previous_next", 1.0);
        events.onData(
                new DataSummary(sizes, Map.of(), 62, overlaps, List.of("a bigram table solves this task (100%)")));
        for (long step = 1; step <= 50; step++) {
            events.onStep(step, 1.0 / step, 1e-3, 1000);
            if (step % 10 == 0) {
                events.onEvaluation(step, 1.0 / step, 1e-3, new Evaluation(1.0 / step, 0.994));
            }
        }
        events.onWarning("MLflow does not answer");
        events.onStop(50, "validation accuracy reached");
        return outcome(config.name(), config.modelSeed());
    }

    static RunOutcome outcome(String name, long seed) {
        var directory = Path.of("runs", name, "5f3a91c2", "seed-" + seed);
        var result = new RunResult(
                name,
                "5f3a91c2",
                seed,
                "finished",
                "validation accuracy reached",
                "1 layer",
                38_720,
                50,
                "",
                "",
                new DataSummary(Map.of(), Map.of(), 62, Map.of(), List.of()),
                Map.of("test/loss", 0.009),
                List.of(new Score("test", "determined", 1999, 2000, 0.9989, 1.0, 1.0, 1.0, Double.NaN)),
                List.of(new ExpectationResult("test/determined_accuracy", "at least 0.999", 0.9995, true, "bigram 1")),
                List.of(),
                List.of(),
                Map.of());
        return new RunOutcome(
                directory,
                result,
                Optional.of(directory.resolve("report.html")),
                Optional.of("mlflow ui --backend-store-uri sqlite:///runs/mlflow.db"),
                false);
    }

    @Override
    public Summary summarize(Plan plan, List<Suite.Member> finished, RunOptions options, SuiteNotes notes) {
        asked.add("summarize " + finished.size());
        return new Summary(
                List.of(new ExpectationResult("unit/test/accuracy", "at most 0.1", 0.25, false, "")), Optional.empty());
    }

    @Override
    public RunOutcome evaluate(Path run, RunOptions options, RunEvents events) {
        asked.add("evaluate " + run);
        return outcome("lab", 1);
    }

    @Override
    public BehaviourResult behaviour(BehaviourOptions options, BehaviourEvents events) {
        asked.add("behaviour " + options.models() + " " + options.tasks() + " " + options.given() + " "
                + options.templates() + " " + options.limit());
        events.onModel("gpt2", "GPT-2 · 12 layers", 1200);
        events.onAnswered(1200);
        var models = options.models().stream()
                .map(path -> new BehaviourResult.Model(
                        path.getFileName().toString(), path.toString(), "GPT-2", "12 layers", 50257, "r50k"))
                .toList();
        var cells = models.stream()
                .map(model -> new BehaviourCell(
                        model.name(),
                        "plus-1",
                        3,
                        "spaces",
                        100,
                        2,
                        97,
                        0.915,
                        0.99,
                        90,
                        0.825,
                        0.945,
                        0.8,
                        0.75,
                        1.0,
                        0.0,
                        0.0,
                        0.02,
                        0.01,
                        1.0,
                        1.0,
                        1.0 / 50257,
                        List.of()))
                .toList();
        return new BehaviourResult(Map.of("limit", "100"), models, cells);
    }

    @Override
    public List<String> behaviourCatalogue(Path datasets) {
        return List.of("task plus-1");
    }

    @Override
    public Table compare(List<Path> places, List<String> by, List<String> metrics) {
        asked.add("compare " + places + " " + by + " " + metrics);
        return new Table(
                List.of("d_model", "seeds", "test/accuracy"),
                List.of(List.of("32", "5", "0.962 ± 0.021"), List.of("128", "5", "0.998 ± 0.001")),
                Optional.of(Path.of("runs/compare.html")));
    }

    @Override
    public ProbeOutcome probe(ProbeConfig config, RunOptions options, Optional<Path> to, RunEvents events) {
        throw new UnsupportedOperationException("ProbeCommandTest has the real rooms");
    }

    @Override
    public List<ApplyProbe.Row> applyProbe(
            Path directory, Optional<Path> model, Path examples, int threads, Consumer<String> notes) {
        throw new UnsupportedOperationException("ProbeCommandTest has the real rooms");
    }

    @Override
    public List<String> sync(List<Path> places, Optional<String> trackingUri) {
        asked.add("sync " + places + " " + trackingUri.orElse(""));
        return List.of("published runs/lab");
    }

    @Override
    public Path export(Path run, String format, Path to, RunOptions options, RunEvents events) {
        asked.add("export " + run + " " + format);
        return to;
    }

    @Override
    public LensView lens(TraceLens.Request request, PromptEvents progress) {
        throw new UnsupportedOperationException("nothing is looked at here");
    }

    @Override
    public List<Path> write(LensView view, Path file) {
        throw new UnsupportedOperationException("nothing is looked at here");
    }

    @Override
    public ExtractFeatures.Written features(ExtractFeatures.Request request, PromptEvents progress) {
        throw new UnsupportedOperationException("nothing is looked at here");
    }

    @Override
    public SplitModel.Written split(SplitModel.Request request, ModelSplit.Progress progress) {
        throw new UnsupportedOperationException("SplitCommandTest has the real rooms");
    }

    @Override
    public EvaluateRelations.Outcome relations(EvaluateRelations.Request request, EvaluateRelations.Events events) {
        throw new UnsupportedOperationException("RelationEvaluateCommandTest has the real rooms");
    }

    @Override
    public FitOperator.Fitted fit(FitOperator.Request request, FitOperator.Events events) {
        throw new UnsupportedOperationException("RelationFitCommandTest has the real rooms");
    }

    @Override
    public ApplyOperator.Applied apply(ApplyOperator.Request request, Consumer<String> notes) {
        throw new UnsupportedOperationException("RelationFitCommandTest has the real rooms");
    }

    @Override
    public List<RelationJacobian.Written> jacobian(RelationJacobian.Request request, RelationJacobian.Events events) {
        throw new UnsupportedOperationException("JacobianCommandTest has the real rooms");
    }

    @Override
    public Compared compareModels(CompareModels.Request request, Path out, Consumer<String> progress) {
        throw new UnsupportedOperationException("CompareModelsCommandTest has the real rooms");
    }

    @Override
    public CircuitFound circuit(FindCircuit.Request request, FindCircuit.Events events) {
        throw new UnsupportedOperationException("CircuitCommandTest has the real rooms");
    }

    @Override
    public PairwiseOverlap overlap(OverlapFiles.Request request) {
        throw new UnsupportedOperationException("OverlapCommandTest has the real rooms");
    }

    @Override
    public SaveBoundary.Written boundary(SaveBoundary.Request request, PromptEvents progress) {
        throw new UnsupportedOperationException("SplitCommandTest has the real rooms");
    }

    @Override
    public Inspected inspect(Path path, boolean eachBlock, Optional<Path> page) {
        asked.add("inspect " + path + (eachBlock ? " each" : "")
                + page.map(file -> " to " + file).orElse(""));
        var facts = new Inspection.OfWeights(path.toString(), List.of("m.bin"), 5, Map.of(), List.of());
        var folded = TreeNode.folded("tensors", "2 tensors", "", List.of(TreeNode.leaf("a", "F32 [1]", "")));
        return new Inspected(facts, TreeNode.open(path.toString(), "12 tensors", "", List.of(folded)));
    }
}
