package io.reprise.report;

import io.reprise.analysis.relation.RelationResult;
import io.reprise.analysis.relation.RelationTrial;
import io.reprise.analysis.relation.SampleOutcome;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A relation's operator: how well it stands for the model, beside its baselines, and what it is made of. */
final class RelationSection {
    private static final int CHART_WIDTH = 460;

    private RelationSection() {}

    /**
     * A relation's pictures.
     *
     * @param answer its scores beside those of the baselines; none if no trial has a score
     * @param curves none on a machine without fonts
     */
    record Pictures(Optional<Picture> answer, List<Picture> curves) {
        static Pictures of(RelationResult result, String key) {
            return new Pictures(
                    result.trials().isEmpty() ? Optional.empty() : Optional.of(chart(result, key)),
                    LineChart.available() ? RelationCurves.of(result, key) : List.of());
        }

        List<Picture> all() {
            List<Picture> all = new ArrayList<>(answer.stream().toList());
            all.addAll(curves);
            return all;
        }
    }

    /** Pictures of several relations, in their order. */
    static List<Pictures> pictures(List<RelationResult> relations) {
        List<String> keys = RelationWords.keys(relations);
        List<Pictures> pictures = new ArrayList<>();
        for (int i = 0; i < relations.size(); i++) {
            pictures.add(Pictures.of(relations.get(i), keys.get(i)));
        }
        return pictures;
    }

    /** All of a run's relations, as a section of its report. */
    static void write(Html html, List<RelationResult> relations, List<Pictures> pictures) {
        if (relations.isEmpty()) {
            return;
        }
        html.open("section", "id", "relations").leaf("h2", "Relations");
        html.leaf(
                "p",
                "An operator β·W·h + b takes the state h of a subject straight to the model's last state z, from which the object"
                        + " is decoded. It stands for the model as far as it is right where the model is, and as edits through its inverse"
                        + " change what the model says.");
        if (relations.size() > 1) {
            RelationTable.write(html, relations, Optional.empty());
        }
        for (int i = 0; i < relations.size(); i++) {
            RelationResult result = relations.get(i);
            html.leaf("h3", Words.spaced(result.relation()));
            html.leaf("p", ran(result));
            html.leaf("p", answer(result));
            Page.figures(html, pictures.get(i).answer().stream().toList());
            List<Picture> curves = pictures.get(i).curves();
            if (!curves.isEmpty()) {
                Page.details(
                        html, "Curves over layers, β and ranks; singular values", () -> Page.figures(html, curves));
            }
            if (!result.trials().isEmpty()) {
                RelationTrial first = result.trials().get(0);
                Page.details(html, "What the operator reads and writes", () -> made(html, result));
                Page.details(html, subjectsTitle(first), () -> OperatorTables.subjects(html, first));
            }
            Page.details(html, "Trials", () -> OperatorTables.trials(html, result));
        }
        Page.details(html, "What the baselines are", () -> baselines(html, relations));
        html.end();
    }

    /** What ran, in a sentence. */
    static String ran(RelationResult result) {
        int objects = result.objects();
        String scored = Words.plural(result.trials().size(), "trial");
        return "Template “" + result.template() + "”; " + Words.plural(objects, "different object")
                + ", the commonest in "
                + Numbers.percent(result.commonest()) + " of subjects. Estimator: "
                + RelationWords.name(result.estimator())
                + ", to " + end(result.to()) + ". A token is right if it is " + result.match() + ". " + scored
                + " scored"
                + (result.skipped().isEmpty() ? "." : ", " + result.skipped().size() + " skipped.");
    }

    private static String end(String to) {
        return to.matches("\\d+") ? "the output of block " + to : RelationWords.layer(to);
    }

    /** The answer, in a sentence or two. */
    static String answer(RelationResult result) {
        Optional<RelationScore> faithful = RelationScore.of(result, RelationResult.FAITHFULNESS);
        if (faithful.isEmpty()) {
            return "No trial could be scored"
                    + (result.skipped().isEmpty()
                            ? "."
                            : ": " + result.skipped().get(0).reason() + ".");
        }
        Map<String, RelationScore> others = RelationScore.starting(result, RelationResult.ESTIMATOR);
        String best = "";
        double most = -1;
        for (Map.Entry<String, RelationScore> other : others.entrySet()) {
            if (other.getValue().mean() > most) {
                most = other.getValue().mean();
                best = other.getKey();
            }
        }
        StringBuilder text = new StringBuilder("Of the test subjects that the model knows, the operator gets ")
                .append(faithful.get().percent())
                .append(" right");
        if (!best.isEmpty()) {
            text.append("; the best baseline, ")
                    .append(RelationWords.name(best))
                    .append(", ");
            text.append(Numbers.percent(most));
        }
        text.append(". ");
        Optional<RelationScore> causal = RelationScore.of(result, RelationResult.CAUSALITY);
        text.append(causal.map(score -> "Edits through its inverse make the model say another subject's object in "
                        + score.percent() + " of cases.")
                .orElse("No edit could be tried: no two known test subjects had different objects, or W is zero."));
        return text.toString();
    }

    /** The baselines' names explained. */
    static void baselines(Html html, List<RelationResult> relations) {
        Set<String> keys = new LinkedHashSet<>();
        for (String prefix : List.of(RelationResult.ESTIMATOR, RelationResult.EDITOR)) {
            relations.forEach(
                    result -> keys.addAll(RelationScore.starting(result, prefix).keySet()));
        }
        RelationWords.meanings(html, keys);
    }

    /** Directions in token space and norms. */
    static void made(Html html, RelationResult result) {
        RelationTrial first = result.trials().get(0);
        if (!first.operator().directions().isEmpty()) {
            html.leaf(
                    "p",
                    "Each row is a singular pair of W in trial " + first.trial() + " ("
                            + first.operator().ends()
                            + "): h along the tokens on the left moves z towards those on the right. Signs are those"
                            + " under which the training subjects' mean h counts as positive; ␣ is a space.");
            OperatorTables.directions(html, first.operator());
        }
        html.leaf(
                "p",
                "Norms. Where |b| is much larger than β·|W·h|, the operator says nearly the same for every subject.",
                "class",
                "lead");
        OperatorTables.norms(html, result.trials());
    }

    static String subjectsTitle(RelationTrial trial) {
        long known = trial.samples().stream().filter(SampleOutcome::known).count();
        long wrong = trial.samples().stream()
                .filter(sample -> sample.known() && !sample.faithful())
                .count();
        long edits = trial.samples().stream()
                .filter(sample -> sample.edit().isPresent())
                .count();
        long failed = trial.samples().stream()
                .filter(sample -> sample.edit().map(edit -> !edit.success()).orElse(false))
                .count();
        return "Trial " + trial.trial() + ": operator wrong on " + wrong + " of " + known + " known subjects"
                + (edits == 0 ? "" : "; " + failed + " of " + Words.plural(edits, "edit") + " failed");
    }

    private static Picture chart(RelationResult result, String key) {
        List<IntervalChart.Row> read = new ArrayList<>();
        RelationScore.of(result, RelationResult.FAITHFULNESS)
                .ifPresent(score -> read.add(row("operator", true, score)));
        RelationScore.starting(result, RelationResult.ESTIMATOR)
                .forEach((name, score) -> read.add(row(RelationWords.name(name), false, score)));
        read.add(constant("commonest object", result.commonest()));
        if (result.objects() > 0) {
            read.add(constant("guessing", 1.0 / result.objects()));
        }
        List<IntervalChart.Group> groups = new ArrayList<>();
        groups.add(new IntervalChart.Group("Faithfulness: known subjects decoded right", read));
        List<IntervalChart.Row> edit = new ArrayList<>();
        RelationScore.of(result, RelationResult.CAUSALITY)
                .ifPresent(score -> edit.add(row("operator's edit", true, score)));
        RelationScore.starting(result, RelationResult.EDITOR)
                .forEach((name, score) -> edit.add(row(RelationWords.name(name), false, score)));
        if (!edit.isEmpty()) {
            groups.add(new IntervalChart.Group("Causality: edits that succeeded", edit));
        }
        return IntervalChart.draw(
                "relation-" + key + "-scores",
                "The operator and its baselines",
                "The operator (dark) has found the relation only as far as it stands above the baselines (pale)."
                        + " A bar is " + RelationScore.intervals(result) + ", the mark in it the mean, a dot one trial."
                        + " “Commonest object” and “guessing” use nothing of the subject.",
                groups,
                "share of test subjects",
                CHART_WIDTH);
    }

    private static IntervalChart.Row row(String name, boolean own, RelationScore score) {
        return new IntervalChart.Row(name, own, score.mean(), score.low(), score.high(), score.trials());
    }

    private static IntervalChart.Row constant(String name, double share) {
        return new IntervalChart.Row(name, false, share, share, share, List.of());
    }
}
