package io.reprise.report;

import io.reprise.analysis.relation.study.Choice;
import io.reprise.analysis.relation.study.RelationResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Relations beneath each other, the most faithful first. */
final class RelationTable {
    static final String KEY = "● operator, bar = 95% interval · ◇ translation · △ identity · scale 0–100%";

    private RelationTable() {}

    /** The most faithful first, those without a score last; equal ones by name. */
    static List<RelationResult> sorted(List<RelationResult> relations) {
        List<RelationResult> sorted = new ArrayList<>(relations);
        sorted.sort(Comparator.comparingDouble((RelationResult result) -> -faithfulness(result))
                .thenComparing(RelationResult::relation));
        return sorted;
    }

    private static double faithfulness(RelationResult result) {
        return RelationScore.of(result, RelationResult.FAITHFULNESS)
                .map(RelationScore::mean)
                .orElse(-1.0);
    }

    /** @param pages each relation's page, by its place in {@code relations}; no links if empty */
    static void write(Html html, List<RelationResult> relations, Optional<List<String>> pages) {
        html.open("div", "class", "scroll").open("table", "class", "cards relations");
        html.open("thead").open("tr");
        Stream.of("", "Relation", "Faithfulness", "", "Causality", "Translation", "Identity", "Chosen")
                .forEach(head -> html.leaf("th", head, "scope", "col"));
        html.close().close().open("tbody").raw("\n");
        List<RelationResult> sorted = sorted(relations);
        for (int i = 0; i < sorted.size(); i++) {
            RelationResult result = sorted.get(i);
            int place = relations.indexOf(result);
            row(html, i + 1, result, pages.map(all -> all.get(place)));
        }
        html.close().end().end();
        html.leaf("p", KEY, "class", "key");
    }

    private static void row(Html html, int number, RelationResult result, Optional<String> page) {
        html.open("tr");
        html.leaf("td", Integer.toString(number), "class", "place");
        html.open("th", "scope", "row");
        String name = Words.spaced(result.relation());
        if (page.isPresent()) {
            html.leaf("a", name, "href", page.get());
        } else {
            html.text(name);
        }
        html.leaf("small", known(result)).close();
        Optional<RelationScore> faithful = RelationScore.of(result, RelationResult.FAITHFULNESS);
        Optional<RelationScore> translation = baseline(result, "translation");
        Optional<RelationScore> identity = baseline(result, "identity");
        score(html, "faithfulness", faithful);
        html.open("td", "class", "picture");
        faithful.ifPresent(score -> html.raw(IntervalBar.of(
                "Faithfulness " + score.percent() + ", 95% interval " + score.interval() + ", translation "
                        + percent(translation) + ", identity " + percent(identity),
                score.mean(),
                score.low(),
                score.high(),
                Double.NaN,
                translation.map(RelationScore::mean).orElse(Double.NaN),
                identity.map(RelationScore::mean).orElse(Double.NaN))));
        html.close();
        score(html, "causality", RelationScore.of(result, RelationResult.CAUSALITY));
        Page.cell(html, "translation", percent(translation), "number");
        Page.cell(html, "identity", percent(identity), "number");
        html.open("td", "class", "words", "data-label", "chosen").text(read(result));
        html.leaf("small", edit(result)).close();
        html.end();
    }

    /** All baselines of both measures, as numbers. */
    static void baselines(Html html, List<RelationResult> relations, String prefix, String own, String ownName) {
        List<RelationResult> sorted = sorted(relations);
        Set<String> names = new LinkedHashSet<>();
        sorted.forEach(
                result -> names.addAll(RelationScore.starting(result, prefix).keySet()));
        html.open("div", "class", "scroll").open("table", "class", "cards relations");
        html.open("thead").open("tr");
        html.leaf("th", "", "scope", "col").leaf("th", "Relation", "scope", "col");
        html.leaf("th", ownName, "scope", "col", "class", "number");
        names.forEach(name -> html.leaf("th", RelationWords.name(name), "scope", "col", "class", "number"));
        html.close().close().open("tbody").raw("\n");
        for (int i = 0; i < sorted.size(); i++) {
            RelationResult result = sorted.get(i);
            html.open("tr").leaf("td", Integer.toString(i + 1), "class", "place");
            html.leaf("th", Words.spaced(result.relation()), "scope", "row");
            Page.cell(html, ownName, percent(RelationScore.of(result, own)), "number");
            Map<String, RelationScore> scores = RelationScore.starting(result, prefix);
            names.forEach(name -> Page.cell(
                    html, RelationWords.name(name), percent(Optional.ofNullable(scores.get(name))), "number"));
            html.end();
        }
        html.close().end().end();
    }

    private static Optional<RelationScore> baseline(RelationResult result, String name) {
        return RelationScore.of(result, RelationResult.ESTIMATOR + name);
    }

    private static void score(Html html, String column, Optional<RelationScore> score) {
        html.open("td", "class", "score", "data-label", column);
        html.leaf("b", percent(score));
        score.ifPresent(s -> html.leaf("small", s.interval()));
        html.close();
    }

    private static String percent(Optional<RelationScore> score) {
        return score.map(RelationScore::percent).orElse(Numbers.DASH);
    }

    /** How many of the subjects count. */
    private static String known(RelationResult result) {
        if (result.trials().isEmpty()) {
            return result.skipped().isEmpty()
                    ? "no trial"
                    : "no score: " + result.skipped().get(0).reason();
        }
        int known = result.trials().stream().mapToInt(trial -> trial.known()).sum();
        int all = known
                + result.trials().stream().mapToInt(trial -> trial.unknown()).sum();
        return known + " of " + all + " known · " + Words.plural(result.trials().size(), "trial");
    }

    private static String read(RelationResult result) {
        Map<String, Integer> layers = RelationWords.chosen(result, choice -> Optional.of(choice.layer()));
        Map<String, Integer> betas =
                RelationWords.chosen(result, choice -> choice.beta().map(Numbers::number));
        return layers.isEmpty()
                ? Numbers.DASH
                : place(RelationWords.usual(layers)) + (betas.isEmpty() ? "" : " · β " + RelationWords.usual(betas));
    }

    /** Short, for a column. */
    private static String place(String end) {
        return end.matches("\\d+") ? "layer " + end : end;
    }

    private static String edit(RelationResult result) {
        Map<String, Integer> layers = RelationWords.chosen(result, Choice::editLayer);
        Map<String, Integer> ranks =
                RelationWords.chosen(result, choice -> choice.rank().map(String::valueOf));
        return layers.isEmpty()
                ? ""
                : "edits: " + place(RelationWords.usual(layers))
                        + (ranks.isEmpty() ? "" : " · rank " + RelationWords.usual(ranks));
    }
}
