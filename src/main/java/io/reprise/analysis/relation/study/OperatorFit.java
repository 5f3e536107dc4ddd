package io.reprise.analysis.relation.study;

import io.reprise.analysis.relation.LinearOperator;
import io.reprise.analysis.relation.SubjectModel;
import io.reprise.analysis.relation.Training;
import io.reprise.data.Relation;
import io.reprise.tensor.Rng;
import io.reprise.text.Tokenizer;
import java.util.List;
import java.util.Optional;

/** Fits one operator to given subjects; its layer and β, and layer and rank for edits, are chosen on them alone. */
public final class OperatorFit {
    private final SubjectModel model;
    private final RelationSpec spec;
    private final StudySetup setup;

    /** What was fitted. */
    public record Fitted(LinearOperator operator, Choice choice, OperatorPicture picture) {}

    /** @throws IllegalArgumentException if the model has no such layers, or they aren't below {@code to} */
    public OperatorFit(SubjectModel model, Tokenizer tokenizer, RelationSpec spec) {
        this.model = model;
        this.spec = spec;
        this.setup = new StudySetup(model, tokenizer, spec);
    }

    /**
     * @param train at least two
     * @throws IllegalArgumentException if there are fewer, or the relation has not the spec's template
     */
    public Fitted fit(Relation relation, List<Relation.Sample> train, RelationProgress progress) {
        if (train.size() < 2) {
            throw new IllegalArgumentException("relation \"" + relation.name() + "\": " + train.size()
                    + " training samples; expected 2 or more, since each is held out in turn");
        }
        int[] done = {0};
        Training training = setup.training(relation, train);
        Selection.Fits fits = setup.fit(
                training,
                List.of(),
                Rng.of(spec.seed()).split("fit " + relation.name()),
                step -> progress.at(done[0]++, setup.steps(), relation.name() + ": " + step));
        progress.at(setup.steps(), setup.steps(), relation.name());
        ReadFit read = ReadFit.best(fits.reads().get(spec.estimator().key()));
        Optional<EditFit> edit = fits.edits().isEmpty() ? Optional.empty() : Optional.of(EditFit.best(fits.edits()));
        return new Fitted(
                read.chosen(),
                TrialScorer.choice(read, edit),
                new Directions(model, setup.answers()).of(read.operator(), training, fits.edits(), spec.directions()));
    }
}
