package io.reprise.report;

import io.reprise.run.Score;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The accuracy table and the charts by position. */
final class ScoreSection {
    private static final Map<String, String> MEANINGS = Map.of(
            "scored", "every position that the task scores",
            "determined", "only one next token is possible",
            "seen", "its previous → next step is in training",
            "unseen", "its previous → next step is not in training",
            "whole_answer", "every token of the answer right");

    private ScoreSection() {}

    static void write(Html html, List<Score> scores, List<Picture> charts) {
        if (scores.isEmpty()) {
            return;
        }
        html.open("section", "id", "accuracy").leaf("h2", "Accuracy");
        html.leaf(
                "p",
                "Each accuracy stands beside what is possible (the Bayes ceiling) and what a table counted from the"
                        + " training set reaches without learning (bigram, trigram) at the same positions.");
        table(html, scores, score -> Scores.position(score).isEmpty());
        html.leaf("p", IntervalBar.KEY, "class", "key");
        List<Picture> fresh =
                charts.stream().filter(ScoreSection::isOfUnseenData).toList();
        Page.figures(html, fresh);
        if (fresh.size() < charts.size()) {
            Page.details(
                    html,
                    "Accuracy by position, other splits",
                    () -> Page.figures(
                            html,
                            charts.stream()
                                    .filter(chart -> !isOfUnseenData(chart))
                                    .toList()));
        }
        if (scores.stream().anyMatch(score -> Scores.position(score).isPresent())) {
            Page.details(
                    html,
                    "Accuracy by position, as a table",
                    () -> table(html, scores, score -> Scores.position(score).isPresent()));
        }
        html.end();
    }

    /** Training and validation have steered the run; they are shown on request. */
    private static boolean isOfUnseenData(Picture chart) {
        return !chart.id().matches(".*-(train|val|validation)");
    }

    private static void table(Html html, List<Score> scores, Predicate<Score> shown) {
        html.open("table", "class", "cards scores").open("thead").open("tr");
        Stream.of("Positions", "Accuracy", "", "Ceiling", "Bigram", "Trigram", "Counted")
                .forEach(head -> html.leaf("th", head, "scope", "col"));
        html.close().close();
        Scores.bySplit(scores.stream().filter(shown).collect(Collectors.toList()))
                .forEach((split, group) -> {
                    html.open("tbody").open("tr", "class", "group");
                    html.leaf("th", Words.spaced(split), "colspan", "7", "scope", "rowgroup")
                            .end();
                    group.forEach(score -> row(html, score));
                    html.end();
                });
        html.end();
    }

    private static void row(Html html, Score score) {
        html.open("tr").open("th", "scope", "row").text(Words.spaced(score.kind()));
        String meaning = MEANINGS.get(score.kind().replace(' ', '_'));
        if (meaning != null) {
            html.leaf("small", meaning);
        }
        html.close();
        html.open("td", "class", "accuracy").leaf("b", Numbers.percent(score.accuracy()));
        html.leaf("small", IntervalBar.interval(score)).close();
        html.open("td", "class", "picture").raw(IntervalBar.of(score)).close();
        Page.cell(html, "ceiling", Numbers.percent(score.ceiling()), "number");
        Page.cell(html, "bigram", Numbers.percent(score.bigram()), "number");
        Page.cell(html, "trigram", Numbers.percent(score.trigram()), "number");
        Page.cell(html, "right", Numbers.count(score.correct()) + " / " + Numbers.count(score.total()), "number");
        html.end();
    }
}
