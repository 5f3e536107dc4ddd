package io.reprise.experiment;

import io.reprise.analysis.relation.Answers;
import io.reprise.analysis.relation.End;
import io.reprise.analysis.relation.Ends;
import io.reprise.analysis.relation.EstimatorKind;
import io.reprise.analysis.relation.PromptMaker;
import io.reprise.analysis.relation.SubjectModel;
import io.reprise.analysis.relation.SubjectPrompt;
import io.reprise.analysis.relation.jacobian.JacobianOptions;
import io.reprise.analysis.relation.jacobian.TransformerSubject;
import io.reprise.analysis.relation.study.AffineCeiling;
import io.reprise.analysis.relation.study.Choice;
import io.reprise.analysis.relation.study.FrozenPattern;
import io.reprise.analysis.relation.study.JacobianSpread;
import io.reprise.analysis.relation.study.RelationResult;
import io.reprise.analysis.relation.study.RelationSpec;
import io.reprise.analysis.relation.study.RelationStudy;
import io.reprise.analysis.relation.study.RelationTrial;
import io.reprise.analysis.relation.study.RunRelation;
import io.reprise.analysis.relation.study.Spread;
import io.reprise.data.Dataset;
import io.reprise.data.Relation;
import io.reprise.data.TaskSpec;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import io.reprise.text.VocabularyTokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Linear operators for the relations of the run's own task, beside what affine maps of h can reach at best and what is left of the
 * facts when subjects can't move attention.
 */
final class ToyRelations {
    static final String CEILING = "ceiling";
    static final String CEILING_LEAST_SQUARES = "ceiling_least_squares";
    static final String CEILING_SHUFFLED = "ceiling_shuffled";
    static final String CAUSALITY_CEILING = "causality_ceiling";
    static final String FROZEN_PATTERN = "frozen_pattern";
    static final String JACOBIAN_SPREAD = "jacobian_spread";

    /** What becomes of a measure's name in a metric; other measures stand in relations.json only. */
    private static final Map<String, String> METRICS = metrics();

    private final Transformer model;
    private final TaskSpec task;
    private final Dataset data;
    private final RunRelation choice;
    private final long seed;
    private final SubjectModel subject;
    private final VocabularyTokenizer tokenizer;
    private final Answers answers;
    private final PromptMaker prompts;

    ToyRelations(Transformer model, TaskSpec task, Dataset data, RunRelation choice, long seed) {
        this.model = model;
        this.task = task;
        this.data = data;
        this.choice = choice;
        this.seed = seed;
        this.subject = TransformerSubject.of(model, JacobianOptions.defaults());
        this.tokenizer = new VocabularyTokenizer(data.vocabulary());
        this.answers = new Answers(tokenizer, Answers.Match.FIRST_TOKEN);
        this.prompts = new PromptMaker(tokenizer, "");
    }

    /** @param progress hears how far it is */
    Findings findings(Consumer<String> progress) {
        RelationSpec spec = choice.spec(seed);
        RelationStudy study = new RelationStudy(subject, BuildModel.words(model.config()), tokenizer, spec);
        List<RelationResult> results = new ArrayList<>();
        for (Relation relation : choice.relations(task, data)) {
            RelationResult result = study.run(relation, (done, total, step) -> progress.accept(step));
            results.add(with(result, beside(relation, result, spec)));
        }
        return Findings.ofRelations(results, metrics(results));
    }

    private Map<String, Double> beside(Relation relation, RelationResult result, RelationSpec spec) {
        List<SubjectPrompt> asked = relation.samples().stream()
                .map(sample -> prompts.make(result.template(), sample.subject(), List.of()))
                .toList();
        Map<String, Double> beside = new LinkedHashMap<>();
        Rng rng = Rng.of(seed).split("ceiling " + relation.name());
        result.trials().stream()
                .map(RelationTrial::choice)
                .map(Choice::layer)
                .distinct()
                .forEach(layer -> {
                    Ends ends = new Ends(End.parse(layer, model.config()), End.parse(result.to(), model.config()));
                    AffineCeiling.Result ceiling =
                            new AffineCeiling(subject, answers, ends, spec.ranks()).of(relation.samples(), asked, rng);
                    beside.merge(CEILING, ceiling.faithfulness(), Math::max);
                    beside.merge(CEILING_LEAST_SQUARES, ceiling.leastSquares(), Math::max);
                    beside.merge(CEILING_SHUFFLED, ceiling.shuffled(), Math::max);
                    beside.merge(JACOBIAN_SPREAD, JacobianSpread.of(subject, asked, ends), Math::min);
                    ceiling.causality().ifPresent(rate -> beside.merge(CAUSALITY_CEILING, rate, Math::max));
                });
        frozen(relation, asked).ifPresent(share -> beside.put(FROZEN_PATTERN, share));
        return beside;
    }

    /** Share of the facts that the model still answers right. */
    private Optional<Double> frozen(Relation relation, List<SubjectPrompt> asked) {
        if (model.config().nLayers() != 1) {
            return Optional.empty();
        }
        double[][] next = new FrozenPattern(model).next(asked);
        int right = 0;
        for (int i = 0; i < next.length; i++) {
            int top = 0;
            for (int token = 1; token < next[i].length; token++) {
                top = next[i][token] > next[i][top] ? token : top;
            }
            right += answers.correct(top, relation.samples().get(i).object()) ? 1 : 0;
        }
        return Optional.of((double) right / next.length);
    }

    private static RelationResult with(RelationResult result, Map<String, Double> beside) {
        Map<String, Spread> summary = new LinkedHashMap<>(result.summary());
        beside.forEach((measure, value) -> summary.put(measure, Spread.of(List.of(value))));
        return new RelationResult(
                result.relation(),
                result.model(),
                result.template(),
                result.estimator(),
                result.to(),
                result.match(),
                result.objects(),
                result.commonest(),
                result.trials(),
                result.skipped(),
                summary,
                result.curves());
    }

    /** Means over relations. */
    private Map<String, Double> metrics(List<RelationResult> results) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        METRICS.forEach((measure, name) -> results.stream()
                .filter(result -> result.summary().containsKey(measure))
                .mapToDouble(result -> result.summary().get(measure).mean())
                .average()
                .ifPresent(mean -> metrics.put(prefix() + name, mean)));
        LayerMetrics.of(results, model.config()).forEach((name, value) -> metrics.put(prefix() + name, value));
        gap(metrics, CEILING, RelationResult.FAITHFULNESS, "faithfulness_gap");
        gap(metrics, CAUSALITY_CEILING, RelationResult.CAUSALITY, "causality_gap");
        return metrics;
    }

    private void gap(Map<String, Double> metrics, String ceiling, String measure, String name) {
        Double above = metrics.get(prefix() + ceiling);
        Double below = metrics.get(prefix() + measure);
        if (above != null && below != null) {
            metrics.put(prefix() + name, above - below);
        }
    }

    private String prefix() {
        return "relation/" + choice.name() + "/";
    }

    private static Map<String, String> metrics() {
        Map<String, String> names = new LinkedHashMap<>();
        for (String same : List.of(
                RelationResult.FAITHFULNESS,
                RelationResult.CAUSALITY,
                RelationResult.KNOWN,
                RelationResult.AGREEMENT,
                CEILING,
                CEILING_LEAST_SQUARES,
                CEILING_SHUFFLED,
                CAUSALITY_CEILING,
                FROZEN_PATTERN,
                JACOBIAN_SPREAD)) {
            names.put(same, same);
        }
        for (EstimatorKind kind :
                List.of(EstimatorKind.IDENTITY, EstimatorKind.TRANSLATION, EstimatorKind.LEARNED_LINEAR)) {
            names.put(RelationResult.ESTIMATOR + kind.key(), kind.key());
        }
        names.put(RelationResult.ESTIMATOR + RelationResult.BETA_ONE, RelationResult.BETA_ONE);
        for (String editor : List.of("oracle_h", "target_z", "object_embedding")) {
            names.put(RelationResult.EDITOR + editor, "edit_" + editor);
        }
        return names;
    }
}
