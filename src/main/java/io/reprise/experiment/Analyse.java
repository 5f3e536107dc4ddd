package io.reprise.experiment;

import io.reprise.analysis.probe.ProbeData;
import io.reprise.analysis.probe.ProbeResult;
import io.reprise.analysis.probe.ProbeStudy;
import io.reprise.analysis.probe.RunProbe;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.config.AnalysisChoice;
import io.reprise.config.ExperimentConfig;
import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.data.Split;
import io.reprise.data.TaskSpec;
import io.reprise.data.pairs.ToyPairs;
import io.reprise.model.Activations;
import io.reprise.model.HeadCircuits;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.run.Figure;
import io.reprise.run.SampleContinuation;
import io.reprise.run.SampleContinuation.Guess;
import io.reprise.tensor.DType;
import io.reprise.text.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Step 6: looks into the trained model: samples, attention patterns, QK and OV in token space. */
final class Analyse {
    private static final int SAMPLES = 6;
    private static final int GUESSES = 5;
    /** Tokens in a QK or OV picture, at most; more cannot be told apart. */
    private static final int MOST_TOKENS = 96;

    private final BuildModel built;
    private final Transformer model;
    private final ExperimentConfig config;
    private final Dataset data;
    private final double initStd;
    private final String name;
    private final long seed;
    private final TaskSpec task;
    private final Arithmetic arithmetic;
    private final Optional<Path> directory;
    private final Progress progress;

    /** Hears how long an analysis gets on. */
    @FunctionalInterface
    interface Progress {
        void on(String analysis, String what);
    }

    /**
     * @param directory of the model, if it was not trained here
     * @param progress hears how long analyses get on
     */
    Analyse(
            BuildModel built,
            Dataset data,
            ExperimentConfig config,
            Optional<Path> directory,
            int threads,
            Progress progress) {
        this.built = built;
        this.model = built.model();
        this.config = config;
        this.data = data;
        this.initStd = BuildModel.initStd(config.model(), model.config());
        this.name = config.name();
        this.seed = config.modelSeed();
        this.task = config.requireTask();
        this.arithmetic = new Arithmetic(config.backend().orElseThrow(), threads, DType.FLOAT32);
        this.directory = directory;
        this.progress = progress;
    }

    /** What can be told before training is: whether there are the prompts that analyses ask for. */
    static void requireData(List<AnalysisChoice> choices, TaskSpec task, Dataset data) {
        for (AnalysisChoice choice : choices) {
            if (choice instanceof AnalysisChoice.Induction) {
                ToyInduction.requireTask(task);
            }
            if (choice instanceof AnalysisChoice.Breaking breaking) {
                TaskCircuits.requireTarget(choice.key(), breaking.tasks(), breaking.target());
                breaking.tasks().values().forEach(spec -> ToyPairs.of(data, spec));
            }
            if (choice instanceof AnalysisChoice.Editing editing) {
                TaskCircuits.requireTarget(choice.key(), editing.tasks(), editing.target());
                editing.tasks().values().forEach(spec -> ToyPairs.of(data, spec));
            }
            if (choice instanceof AnalysisChoice.Circuits circuits) {
                ToyCircuits.specs(circuits).values().forEach(spec -> ToyPairs.of(data, spec));
            }
        }
    }

    /** Does the analyses asked for, in their order. */
    Findings findings(List<AnalysisChoice> choices) throws IOException {
        Findings all = Findings.NONE;
        for (AnalysisChoice choice : choices) {
            all = all.and(findings(choice));
        }
        return all;
    }

    private Findings findings(AnalysisChoice choice) throws IOException {
        if (choice instanceof AnalysisChoice.Attention) {
            return Findings.of(attention());
        }
        if (choice instanceof AnalysisChoice.OvQk) {
            return Findings.of(products());
        }
        if (choice instanceof AnalysisChoice.Lens lens) {
            return new LensByDepth(model, data, lens).findings(unseen());
        }
        if (choice instanceof AnalysisChoice.Relation relation) {
            return new ToyRelations(model, task, data, relation.relation(), seed)
                    .findings(what -> progress.on(choice.key(), what));
        }
        if (choice instanceof AnalysisChoice.Circuits circuits) {
            return new ToyCircuits(model, name, data, circuits, seed).findings(what -> progress.on(choice.key(), what));
        }
        if (choice instanceof AnalysisChoice.Induction induction) {
            return new ToyInduction(model, data, induction, initStd, seed)
                    .findings(what -> progress.on(choice.key(), what));
        }
        if (choice instanceof AnalysisChoice.Breaking breaking) {
            return new ToyBreaking(built, config, data, breaking).findings(what -> progress.on(choice.key(), what));
        }
        if (choice instanceof AnalysisChoice.Editing editing) {
            return new ToyEditing(model, name, data, editing, seed).findings(what -> progress.on(choice.key(), what));
        }
        if (choice instanceof AnalysisChoice.Probe probe) {
            return Findings.of(probe(probe.probe()));
        }
        if (choice instanceof AnalysisChoice.Split split) {
            return new SplitEqualsWhole(model, directory, data, split, arithmetic)
                    .findings(unseen(), what -> progress.on(choice.key(), what));
        }
        throw new IllegalStateException("no class does the analysis " + choice.key());
    }

    private ProbeResult probe(RunProbe probe) {
        ProbeData examples = ProbeData.split(probe.examples(data), probe.split(), seed);
        List<Site> sites = probe.sites().stream()
                .map(name -> Site.parse(name, model.config()))
                .toList();
        ProbeStudy.Words words =
                new ProbeStudy.Words(probe.metricName(), probe.words(), BuildModel.words(model.config()));
        return new ProbeStudy(probe.spec(), what -> progress.on("probe", what))
                .run(model, sites, initStd, examples, words, seed)
                .result();
    }

    /** What the model does at the last counted position of six sequences that it was not trained on. */
    List<SampleContinuation> samples() {
        List<Example> unseen = unseen();
        List<SampleContinuation> samples = new ArrayList<>();
        int count = Math.min(SAMPLES, unseen.size());
        for (int n = 0; n < count; n++) {
            sample(unseen.get((int) ((long) n * unseen.size() / count)), samples);
        }
        return samples;
    }

    private void sample(Example example, List<SampleContinuation> samples) {
        int last = IntStream.range(1, example.length())
                .filter(example::scored)
                .max()
                .orElse(example.length() - 1);
        int[] prompt = java.util.Arrays.copyOf(example.tokens(), last);
        Backend backend = model.backend();
        float[] logits;
        try (Scope scope = backend.scope()) {
            logits = backend.download(model.logits(Tokens.of(prompt)));
        }
        int vocabulary = model.config().dVocab();
        double[] probabilities = softmax(logits, (last - 1) * vocabulary, vocabulary);
        List<Guess> guesses = IntStream.range(0, vocabulary)
                .boxed()
                .sorted(Comparator.comparingDouble(token -> -probabilities[token]))
                .limit(GUESSES)
                .map(token -> new Guess(data.vocabulary().token(token), probabilities[token]))
                .toList();
        samples.add(new SampleContinuation(
                data.vocabulary().decode(prompt),
                data.vocabulary().token(example.token(last)),
                data.determinacy().determined(example, last),
                guesses));
    }

    private List<Example> unseen() {
        List<Example> heldOut = data.examples(Split.HELD_OUT);
        List<Example> test = data.examples(Split.TEST);
        if (!heldOut.isEmpty()) {
            return heldOut;
        }
        return test.isEmpty() ? data.examples(Split.TRAIN) : test;
    }

    private List<Figure> attention() {
        List<Figure> figures = new ArrayList<>();
        Example example =
                unseen().stream().max(Comparator.comparingInt(Example::length)).orElseThrow();
        List<String> labels = data.vocabulary().decode(example.tokens());
        ModelConfig config = model.config();
        for (int layer = 0; layer < config.nLayers(); layer++) {
            Site site = Site.of(Site.Kind.PATTERN, layer);
            Activations.Value pattern =
                    model.run(Tokens.of(example.tokens()), List.of(site)).get(site);
            for (int head = 0; head < config.nHeads(); head++) {
                List<List<Double>> values = new ArrayList<>();
                for (int query = 0; query < labels.size(); query++) {
                    List<Double> row = new ArrayList<>();
                    for (int key = 0; key < labels.size(); key++) {
                        row.add(key <= query ? (Double) pattern.at(0, head, query, key) : null);
                    }
                    values.add(row);
                }
                figures.add(new Figure(
                        "attention-" + layer + "-" + head,
                        "Attention of head " + layer + "." + head,
                        "Where each position looks while reading an unseen sequence; rows add up to 1, the upper triangle is"
                                + " the future.",
                        "attention probability",
                        "query",
                        "key",
                        labels,
                        labels,
                        values));
            }
        }
        return figures;
    }

    private List<Figure> products() {
        List<Figure> figures = new ArrayList<>();
        int[] tokens = IntStream.range(0, data.vocabulary().size())
                .filter(id -> !data.vocabulary().token(id).equals(Vocabulary.PAD))
                .limit(MOST_TOKENS)
                .toArray();
        List<String> labels = data.vocabulary().decode(tokens);
        String shown = tokens.length < data.vocabulary().size() - 1
                ? " The first " + tokens.length + " of " + data.vocabulary().size() + " tokens."
                : "";
        HeadCircuits circuits = new HeadCircuits(model);
        for (int layer = 0; layer < model.config().nLayers(); layer++) {
            for (int head = 0; head < model.config().nHeads(); head++) {
                String name = layer + "." + head;
                figures.add(new Figure(
                        "ov-" + layer + "-" + head,
                        "OV of head " + name,
                        "What attending to a token (row) adds to the logits (columns): a bright diagonal copies, one beside it"
                                + " continues. Positions and biases left out." + shown,
                        "logit, up to scale",
                        "attended token",
                        "logit",
                        labels,
                        labels,
                        rows(circuits.ov(layer, head, tokens))));
                figures.add(new Figure(
                        "qk-" + layer + "-" + head,
                        "QK of head " + name,
                        "How much a query token (row) is drawn to a key token (column). Positions and biases left out."
                                + shown,
                        "attention score, up to scale",
                        "query token",
                        "key token",
                        labels,
                        labels,
                        rows(circuits.qk(layer, head, tokens))));
            }
        }
        return figures;
    }

    private static List<List<Double>> rows(double[][] matrix) {
        List<List<Double>> rows = new ArrayList<>();
        for (double[] row : matrix) {
            rows.add(java.util.Arrays.stream(row).boxed().toList());
        }
        return rows;
    }

    private static double[] softmax(float[] logits, int from, int count) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < count; j++) {
            max = Math.max(max, logits[from + j]);
        }
        double sum = 0;
        double[] p = new double[count];
        for (int j = 0; j < count; j++) {
            p[j] = StrictMath.exp(logits[from + j] - max);
            sum += p[j];
        }
        for (int j = 0; j < count; j++) {
            p[j] /= sum;
        }
        return p;
    }
}
