package io.reprise.analysis.relation;

import io.reprise.data.Relation;
import io.reprise.text.Tokenizer;
import java.util.List;

/** Fits one operator whose layer and β are given; nothing is chosen, so that nothing is held out. */
public final class FixedFit {
    private final SubjectModel model;
    private final RelationSpec spec;
    private final StudySetup setup;

    /** What was fitted. */
    public record Fitted(LinearOperator operator, OperatorPicture picture) {}

    /** @throws IllegalArgumentException if the spec has not one layer and one β, or the model no such layer */
    public FixedFit(SubjectModel model, Tokenizer tokenizer, RelationSpec spec) {
        if (spec.layers().size() != 1 || spec.betas().size() != 1) {
            throw new IllegalArgumentException(
                    "layers = " + spec.layers() + ", betas = " + spec.betas() + "; expected one of each");
        }
        this.model = model;
        this.spec = spec;
        this.setup = new StudySetup(model, tokenizer, spec);
    }

    /** @throws IllegalArgumentException if the relation has not the spec's template */
    public Fitted fit(Relation relation, List<Relation.Sample> train) {
        Training training = setup.training(relation, train);
        Estimator estimator = spec.estimator().create(spec.truncation(), setup.answers());
        End from = estimator.from(End.parse(spec.layers().get(0).name(), model.config()));
        LinearOperator operator = estimator
                .fit(training, new Ends(from, setup.to()))
                .withBeta(spec.betas().get(0));
        return new Fitted(
                operator, new Directions(model, setup.answers()).of(operator, training, List.of(), spec.directions()));
    }
}
