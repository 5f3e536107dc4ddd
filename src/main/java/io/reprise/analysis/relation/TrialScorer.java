package io.reprise.analysis.relation;

import io.reprise.data.Relation;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Scores what {@link Selection} chose, once, on the held-out subjects. */
final class TrialScorer {
    private final SubjectModel model;
    private final PromptMaker prompts;
    private final Answers answers;
    private final RelationSpec spec;

    TrialScorer(SubjectModel model, PromptMaker prompts, Answers answers, RelationSpec spec) {
        this.model = model;
        this.prompts = prompts;
        this.answers = answers;
        this.spec = spec;
    }

    /**
     * @param fits of the spec's estimator and the baselines
     * @param tests at least one that the model knows
     * @param curves gets the test curves if the spec wants them
     */
    RelationTrial score(int trial, Training training, Selection.Fits fits, HeldOut tests, Rng rng, TrialCurves curves) {
        ReadFit read = ReadFit.best(fits.reads().get(spec.estimator().key()));
        Optional<EditFit> edit = fits.edits().isEmpty() ? Optional.empty() : Optional.of(EditFit.best(fits.edits()));
        int k = Math.min(spec.k(), model.config().dVocab());
        List<TopTokens> tops = tops(read.chosen(), tests, k);
        List<Edits.Edit> edits = Edits.draw(tests.samples(), tests.known(), answers, rng);
        boolean edited = edit.isPresent() && !edits.isEmpty();
        Optional<EditRuns> runs =
                edited ? Optional.of(new EditRuns(model, tests, edits, edit.get(), answers)) : Optional.empty();
        List<Integer> editedTops =
                edited ? runs.get().tops(Editor.OPERATOR, edit.get().rank()) : List.of();
        if (spec.testCurves()) {
            testCurves(fits, tests, edits, curves);
        }
        return new RelationTrial(
                trial,
                training.samples().stream().map(Relation.Sample::subject).toList(),
                Selection.known(training, answers).size(),
                choice(read, edit),
                tests.known().size(),
                tests.unknown().size(),
                tests.recall(tops, tests.known(), k),
                tests.recall(tops, tests.all(), k),
                tests.unknown().isEmpty() ? List.of() : tests.recall(tops, tests.unknown(), k),
                agreement(tops, tests),
                runs.map(all -> all.rate(editedTops)),
                estimators(fits, tests),
                runs.map(all -> editors(all, edit.get())).orElse(Map.of()),
                new Directions(model, answers).of(read.operator(), training, fits.edits(), spec.directions()),
                outcomes(tests, tops, edits, runs, editedTops));
    }

    static Choice choice(ReadFit read, Optional<EditFit> edit) {
        LinearOperator operator = read.operator();
        boolean scaled = operator.weight().isPresent() && operator.bias().isPresent();
        return new Choice(
                read.layer(),
                scaled ? Optional.of(read.beta()) : Optional.empty(),
                edit.map(EditFit::layer),
                edit.flatMap(fit -> fit.svd().map(svd -> fit.rank())),
                read.score().rate().value(),
                edit.flatMap(EditFit::score).map(score -> score.rate().value()));
    }

    private List<TopTokens> tops(LinearOperator operator, HeldOut tests, int k) {
        return tops(operator, model.states(asked(operator, tests), operator.ends()), k);
    }

    private List<TopTokens> tops(LinearOperator operator, List<State> states, int k) {
        return operator.apply(states, model, k).stream().map(Output::top).toList();
    }

    private List<SubjectPrompt> asked(LinearOperator operator, HeldOut tests) {
        return tests.samples().stream()
                .map(sample -> operator.prompt(prompts, sample.subject()))
                .toList();
    }

    private static Rate agreement(List<TopTokens> tops, HeldOut tests) {
        long same = tests.all().stream()
                .filter(i -> tops.get(i).first() == tests.answered(i))
                .count();
        return new Rate((int) same, tests.all().size());
    }

    private Map<String, Rate> estimators(Selection.Fits fits, HeldOut tests) {
        Map<String, Rate> rates = new LinkedHashMap<>();
        fits.reads().forEach((name, reads) -> {
            if (!name.equals(spec.estimator().key())) {
                List<TopTokens> tops = tops(ReadFit.best(reads).chosen(), tests, 1);
                rates.put(name, tests.recall(tops, tests.known(), 1).get(0));
            }
        });
        ReadFit.bestAtBetaOne(fits.reads().get(spec.estimator().key()))
                .ifPresent(operator -> rates.put(
                        RelationResult.BETA_ONE,
                        tests.recall(tops(operator, tests, 1), tests.known(), 1).get(0)));
        return rates;
    }

    private static Map<String, Rate> editors(EditRuns runs, EditFit fit) {
        Map<String, Rate> rates = new LinkedHashMap<>();
        for (Editor editor : Editor.values()) {
            if (editor != Editor.OPERATOR) {
                rates.put(editor.key(), runs.rate(runs.tops(editor, fit.rank())));
            }
        }
        return rates;
    }

    private List<SampleOutcome> outcomes(
            HeldOut tests,
            List<TopTokens> tops,
            List<Edits.Edit> edits,
            Optional<EditRuns> runs,
            List<Integer> editedTops) {
        Map<Integer, SampleOutcome.Edit> bySource = new LinkedHashMap<>();
        for (int i = 0; i < editedTops.size(); i++) {
            Relation.Sample target = tests.samples().get(edits.get(i).target());
            bySource.put(
                    edits.get(i).source(),
                    new SampleOutcome.Edit(
                            target.subject(),
                            target.object(),
                            answers.shown(editedTops.get(i)),
                            runs.orElseThrow().success(i, editedTops.get(i))));
        }
        List<SampleOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < tests.samples().size(); i++) {
            Relation.Sample sample = tests.samples().get(i);
            outcomes.add(new SampleOutcome(
                    sample.subject(),
                    sample.object(),
                    tests.known().contains(i),
                    answers.shown(tests.answered(i)),
                    answers.shown(tops.get(i).first()),
                    tests.correct(tops.get(i).first(), i),
                    Optional.ofNullable(bySource.get(i))));
        }
        return outcomes;
    }

    private void testCurves(Selection.Fits fits, HeldOut tests, List<Edits.Edit> edits, TrialCurves curves) {
        for (ReadFit fit : fits.reads().get(spec.estimator().key())) {
            List<State> states =
                    model.states(asked(fit.operator(), tests), fit.operator().ends());
            curves.addTest(
                    fit,
                    fit.betas().stream()
                            .map(beta -> tests.recall(tops(fit.operator().withBeta(beta), states, 1), tests.known(), 1)
                                    .get(0))
                            .toList());
        }
        for (EditFit fit : edits.isEmpty() ? List.<EditFit>of() : fits.edits()) {
            var runs = new EditRuns(model, tests, edits, fit, answers);
            curves.addTest(
                    fit,
                    fit.ranks().stream()
                            .map(rank -> runs.rate(runs.tops(Editor.OPERATOR, rank)))
                            .toList());
        }
    }
}
