package io.reprise.analysis.relation;

import io.reprise.data.Relation;
import io.reprise.data.RelationSplit;
import io.reprise.tensor.Rng;
import io.reprise.text.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures how well linear operators stand for a relation: trial by trial a split, a choice of layer, β and rank on its training
 * subjects, and one score on the others (faithfulness and causality as in Hernandez et al. 2024, sections 3 and 4; there the
 * hyper-parameters are chosen on the test subjects).
 */
public final class RelationStudy {
    private final SubjectModel model;
    private final String modelName;
    private final RelationSpec spec;
    private final StudySetup setup;

    /**
     * @param modelName in words
     * @throws IllegalArgumentException if the model has no such layers, or they aren't below {@code to}
     */
    public RelationStudy(SubjectModel model, String modelName, Tokenizer tokenizer, RelationSpec spec) {
        this.model = model;
        this.modelName = modelName;
        this.spec = spec;
        this.setup = new StudySetup(model, tokenizer, spec);
    }

    /**
     * With a split per trial by the spec's seed.
     *
     * @throws IllegalArgumentException if the relation has no more subjects than are needed to train, or not that template
     */
    public RelationResult run(Relation relation, RelationProgress progress) {
        return run(
                relation,
                IntStream.range(0, spec.trials())
                        .mapToObj(trial -> RelationSplit.of(relation, spec.train(), spec.seed(), trial))
                        .toList(),
                progress);
    }

    /**
     * With splits of the caller's own, one per trial.
     *
     * @throws IllegalArgumentException if a split has less than two training subjects or none to test, or the relation not that
     *     template
     */
    public RelationResult run(Relation relation, List<RelationSplit> splits, RelationProgress progress) {
        String template = setup.template(relation);
        for (RelationSplit split : splits) {
            if (split.train().size() < 2 || split.test().isEmpty()) {
                throw new IllegalArgumentException("a split of relation \"" + relation.name() + "\" has "
                        + split.train().size() + " training and " + split.test().size()
                        + " test samples; expected at least 2 and 1");
            }
        }
        int perTrial = setup.steps() + 1;
        List<RelationTrial> trials = new ArrayList<>();
        List<RelationResult.Skipped> skipped = new ArrayList<>();
        var curves = new TrialCurves();
        for (int trial = 0; trial < splits.size(); trial++) {
            RelationSplit split = splits.get(trial);
            var step = new Steps(progress, relation.name(), trial, trial * perTrial, splits.size() * perTrial);
            Optional<RelationTrial> scored = trial(relation, split, trial, curves, step);
            scored.ifPresent(trials::add);
            if (scored.isEmpty()) {
                skipped.add(new RelationResult.Skipped(
                        trial,
                        "the model answers none of the "
                                + Math.min(spec.maxTests(), split.test().size()) + " test subjects right"));
            }
        }
        progress.at(splits.size() * perTrial, splits.size() * perTrial, relation.name());
        return new RelationResult(
                relation.name(),
                modelName,
                template,
                spec.estimator().key(),
                setup.to().name(),
                setup.answers().match().words(),
                objects(relation).size(),
                (double) objects(relation).values().stream()
                                .max(Comparator.naturalOrder())
                                .orElseThrow()
                        / relation.samples().size(),
                trials,
                skipped,
                TrialSummary.of(trials),
                curves.curves());
    }

    private Optional<RelationTrial> trial(
            Relation relation, RelationSplit split, int trial, TrialCurves curves, Steps step) {
        Rng rng = Rng.of(spec.seed()).split("relation " + relation.name() + " trial " + trial);
        Training training = setup.training(relation, split.train());
        List<Relation.Sample> held =
                split.test().stream().limit(spec.maxTests()).toList();
        Estimator estimator = spec.estimator().create(spec.truncation(), setup.answers());
        var tests = new HeldOut(
                model, setup.prompts(), training.template(), estimator.shown(training), held, setup.answers());
        if (tests.known().isEmpty()) { // before any Jacobian: this costs forward passes only
            return Optional.empty();
        }
        List<EstimatorKind> beside = new ArrayList<>(List.of(EstimatorKind.IDENTITY, EstimatorKind.TRANSLATION));
        beside.addAll(spec.baselines());
        Selection.Fits fits = setup.fit(training, beside, rng.split("inner edits"), step::next);
        List<ReadFit> reads = fits.reads().get(spec.estimator().key());
        step.next("test");
        curves.addTraining(reads, fits.edits());
        return Optional.of(new TrialScorer(model, setup.prompts(), setup.answers(), spec)
                .score(trial, training, fits, tests, rng.split("edits"), curves));
    }

    private static Map<String, Long> objects(Relation relation) {
        return relation.samples().stream()
                .map(Relation.Sample::object)
                .collect(Collectors.groupingBy(Function.identity(), LinkedHashMap::new, Collectors.counting()));
    }

    /** Counts a trial's steps. */
    private static final class Steps {
        private final RelationProgress progress;
        private final String name;
        private final int total;
        private int done;

        Steps(RelationProgress progress, String relation, int trial, int before, int total) {
            this.progress = progress;
            this.name = relation + ", trial " + (trial + 1) + ": ";
            this.done = before;
            this.total = total;
        }

        void next(String what) {
            progress.at(done++, total, name + what);
        }
    }
}
