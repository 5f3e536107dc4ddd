package io.reprise.analysis.relation;

import io.reprise.data.Dataset;
import io.reprise.data.Relation;
import io.reprise.data.TaskSpec;
import java.util.List;
import java.util.Optional;

/**
 * Linear operators for the relations of a run's own task, of which all facts are known by construction. Prompts show no
 * demonstrations: W and b are means over training subjects' zero-shot Jacobians.
 *
 * @param name in metrics: relation/name/faithfulness
 * @param contexts members shown, for rules whose members follow from each other; no meaning for triples
 * @param train training subjects of each relation
 * @param trials splits
 * @param layers where h may be read; all that there are if empty
 * @param betas that the choice is among
 * @param ranks of the pseudo-inverse that the choice is among
 * @param testCurves whether held-out subjects are also asked at every layer and β; each layer then has metrics of its own
 * @param directions singular directions shown in token space
 */
public record RunRelation(
        String name,
        List<Integer> contexts,
        int train,
        int trials,
        List<LayerName> layers,
        List<Double> betas,
        List<Integer> ranks,
        boolean testCurves,
        int directions) {
    public RunRelation {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new IllegalArgumentException("name = \"" + name
                    + "\" becomes part of a metric: use letters, digits, dots, hyphens and underscores");
        }
        contexts = List.copyOf(contexts);
        if (contexts.isEmpty() || contexts.stream().anyMatch(shown -> shown < 1)) {
            throw new IllegalArgumentException("contexts = " + contexts + "; expected numbers of members, 1 or more");
        }
        layers = List.copyOf(layers);
        betas = List.copyOf(betas);
        ranks = List.copyOf(ranks);
        spec(train, trials, layers, betas, ranks, testCurves, directions, 0); // its problems are this record's problems
    }

    public static RunRelation defaults() {
        return new RunRelation(
                "task",
                List.of(3),
                24,
                3,
                List.of(),
                List.of(0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5),
                List.of(1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64),
                false,
                4);
    }

    /** How each relation is measured. */
    public RelationSpec spec(long seed) {
        return spec(train, trials, layers, betas, ranks, testCurves, directions, seed);
    }

    /** The relations of the task, with all their facts. */
    public List<Relation> relations(TaskSpec task, Dataset data) {
        return TaskRelations.of(task, data, contexts);
    }

    private static RelationSpec spec(
            int train,
            int trials,
            List<LayerName> layers,
            List<Double> betas,
            List<Integer> ranks,
            boolean testCurves,
            int directions,
            long seed) {
        return new RelationSpec(
                layers,
                List.of(),
                Optional.empty(),
                betas,
                ranks,
                EstimatorKind.JACOBIAN_ICL_MEAN,
                List.of(EstimatorKind.LEARNED_LINEAR),
                Optional.empty(),
                false,
                train,
                trials,
                Optional.of(0),
                0,
                Optional.empty(),
                Optional.of(Answers.Match.FIRST_TOKEN),
                3,
                1000,
                testCurves,
                directions,
                seed);
    }
}
