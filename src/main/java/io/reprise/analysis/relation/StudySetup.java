package io.reprise.analysis.relation;

import io.reprise.data.Relation;
import io.reprise.tensor.Rng;
import io.reprise.text.Tokenizer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A spec's names and defaults, resolved for one model. */
final class StudySetup {
    private final SubjectModel model;
    private final RelationSpec spec;
    private final PromptMaker prompts;
    private final Answers answers;
    private final End to;
    private final List<End> layers;
    private final List<End> editLayers;

    /** @throws IllegalArgumentException if the model has no such layers, or they aren't below {@code to} */
    StudySetup(SubjectModel model, Tokenizer tokenizer, RelationSpec spec) {
        this.model = model;
        this.spec = spec;
        this.prompts = new PromptMaker(tokenizer, spec.prefix().orElse(""));
        this.answers = new Answers(tokenizer, spec.match().orElseGet(() -> Answers.Match.of(tokenizer)));
        this.to = spec.to()
                .map(name -> End.parse(name, model.config()))
                .orElseGet(() -> End.after(model.config().nLayers() - 1));
        this.layers = ends(spec.layers());
        this.editLayers = spec.editLayers().isEmpty() ? layers : ends(spec.editLayers());
    }

    PromptMaker prompts() {
        return prompts;
    }

    Answers answers() {
        return answers;
    }

    End to() {
        return to;
    }

    /** How many layers {@link #fit} goes through. */
    int steps() {
        Set<End> both = new LinkedHashSet<>(layers);
        both.addAll(editLayers);
        return both.size();
    }

    /** @throws IllegalArgumentException if the relation has no such template */
    String template(Relation relation) {
        if (spec.template() >= relation.promptTemplates().size()) {
            throw new IllegalArgumentException("template = " + spec.template() + ", but relation \"" + relation.name()
                    + "\" has " + relation.promptTemplates().size() + " templates; count from 0");
        }
        return relation.promptTemplates().get(spec.template());
    }

    Training training(Relation relation, List<Relation.Sample> train) {
        return new Training(
                model, prompts, template(relation), train, spec.demonstrations().orElse(train.size()));
    }

    /** Fits at every layer, and scores on training subjects, the spec's estimator and {@code others}. */
    Selection.Fits fit(Training training, List<EstimatorKind> others, Rng rng, Consumer<String> step) {
        Set<EstimatorKind> kinds = new LinkedHashSet<>(List.of(spec.estimator()));
        kinds.addAll(others);
        List<Estimator> readers = kinds.stream()
                .map(kind -> kind.create(spec.truncation(), answers))
                .toList();
        return new Selection(training, answers, to, spec.betas(), spec.ranks(), rng)
                .fit(readers, spec.estimator().create(Truncation.NONE, answers), layers, editLayers, step);
    }

    private List<End> ends(List<LayerName> names) {
        List<End> ends = names.isEmpty()
                ? IntStream.range(-1, model.config().nLayers())
                        .mapToObj(End::after)
                        .filter(end -> end.compareTo(to) < 0)
                        .toList()
                : names.stream()
                        .map(layer -> End.parse(layer.name(), model.config()))
                        .distinct()
                        .toList();
        ends.forEach(from -> new Ends(from, to)); // refuses what is not below
        return ends;
    }
}
