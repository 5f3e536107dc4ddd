package io.reprise.report;

import io.reprise.analysis.relation.RelationResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** All relations of an evaluation on one self-contained page, with links to the pages of each. */
final class RelationComparison {
    private RelationComparison() {}

    /** @param pages addresses, one per relation */
    static String html(List<RelationResult> relations, List<String> pages) {
        return Page.of(title(relations) + " · Reprise", html -> {
            html.open("header");
            html.leaf("p", "Reprise relation operators · " + models(relations), "class", "eyebrow");
            html.leaf("h1", title(relations));
            html.leaf("p", answer(relations), "class", "answer").end();
            html.open("section", "id", "relations").leaf("h2", "Relations, the most faithful first");
            RelationTable.write(html, relations, Optional.of(pages));
            html.leaf(
                    "p",
                    "Faithfulness: test subjects that the model knows whose object the operator decodes. Causality: edits of h"
                            + " through the operator's inverse after which the model says another subject's object. Intervals are"
                            + " Student's over trials, of one trial Wilson's over its subjects. Translation and identity are"
                            + " controls: z = h + b, and h decoded as it is. Chosen: the most frequent choice of the trials, made on"
                            + " training subjects.",
                    "class",
                    "key");
            html.end();
            RelationScatter.draw(relations).ifPresent(scatter -> {
                html.open("section", "id", "scatter").leaf("h2", "Reading and editing");
                Page.figures(html, List.of(scatter));
                html.end();
            });
            baselines(html, relations);
        });
    }

    private static void baselines(Html html, List<RelationResult> relations) {
        html.open("section", "id", "baselines").leaf("h2", "All baselines");
        html.leaf("h3", "Faithfulness");
        RelationTable.baselines(html, relations, RelationResult.ESTIMATOR, RelationResult.FAITHFULNESS, "operator");
        meanings(html, relations, RelationResult.ESTIMATOR);
        if (relations.stream().anyMatch(result -> !RelationScore.starting(result, RelationResult.EDITOR)
                .isEmpty())) {
            html.leaf("h3", "Causality");
            RelationTable.baselines(html, relations, RelationResult.EDITOR, RelationResult.CAUSALITY, "operator");
            meanings(html, relations, RelationResult.EDITOR);
        }
        html.end();
    }

    private static void meanings(Html html, List<RelationResult> relations, String prefix) {
        TreeSet<String> names = new TreeSet<>();
        relations.forEach(
                result -> names.addAll(RelationScore.starting(result, prefix).keySet()));
        RelationWords.meanings(html, names);
    }

    private static String title(List<RelationResult> relations) {
        return Words.plural(relations.size(), "relation");
    }

    private static String models(List<RelationResult> relations) {
        return String.join(
                ", ", relations.stream().map(RelationResult::model).distinct().toList());
    }

    /** Means over relations, and how often the operator stands above everything else. */
    static String answer(List<RelationResult> relations) {
        List<RelationResult> scored =
                relations.stream().filter(result -> !result.trials().isEmpty()).toList();
        if (scored.isEmpty()) {
            return "No relation could be scored.";
        }
        long ahead = scored.stream().filter(RelationComparison::ahead).count();
        StringBuilder text = new StringBuilder(
                scored.size() == 1 ? "The operator decodes " : "On average over relations, operators decode ");
        text.append(mean(scored, RelationResult.FAITHFULNESS)).append(" of the objects that the model knows");
        text.append("; translation ").append(mean(scored, RelationResult.ESTIMATOR + "translation"));
        text.append(", identity ").append(mean(scored, RelationResult.ESTIMATOR + "identity"));
        text.append(". Edits succeed in ")
                .append(mean(scored, RelationResult.CAUSALITY))
                .append(". ");
        if (scored.size() == 1) {
            text.append(ahead == 1 ? "The operator stands" : "The operator doesn't stand")
                    .append(" above every other estimator.");
        } else {
            text.append("In ").append(ahead).append(" of ").append(scored.size());
            text.append(" relations the operator stands above every other estimator.");
        }
        if (scored.size() < relations.size()) {
            text.append(' ').append(relations.size() - scored.size()).append(" could not be scored.");
        }
        return text.toString();
    }

    private static boolean ahead(RelationResult result) {
        double own = RelationScore.of(result, RelationResult.FAITHFULNESS)
                .map(RelationScore::mean)
                .orElse(0.0);
        Map<String, RelationScore> others = RelationScore.starting(result, RelationResult.ESTIMATOR);
        return others.values().stream().allMatch(other -> own > other.mean());
    }

    private static String mean(List<RelationResult> relations, String measure) {
        double mean = relations.stream()
                .map(result -> RelationScore.of(result, measure))
                .flatMap(Optional::stream)
                .mapToDouble(RelationScore::mean)
                .average()
                .orElse(Double.NaN);
        return Numbers.percent(mean);
    }
}
