package io.reprise.report;

import io.reprise.analysis.relation.study.Choice;
import io.reprise.analysis.relation.study.OperatorPicture;
import io.reprise.analysis.relation.study.OperatorPicture.Direction;
import io.reprise.analysis.relation.study.OperatorPicture.TokenScore;
import io.reprise.analysis.relation.study.Rate;
import io.reprise.analysis.relation.study.RelationResult;
import io.reprise.analysis.relation.study.RelationTrial;
import io.reprise.analysis.relation.study.SampleOutcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What trials of a relation did subject by subject, what they chose, and what their operators look like. */
final class OperatorTables {
    private static final int TOKEN_LIMIT = 24;

    private OperatorTables() {}

    /** The subjects of a trial, failures first. */
    static void subjects(Html html, RelationTrial trial) {
        boolean edits =
                trial.samples().stream().anyMatch(sample -> sample.edit().isPresent());
        html.open("table", "class", "cards outcomes").open("thead").open("tr");
        Stream.of("Subject", "Object", "Model says", "Operator says").forEach(head -> head(html, head));
        if (edits) {
            head(html, "Edited towards");
            head(html, "Came out");
        }
        html.close().close().open("tbody").raw("\n");
        List<SampleOutcome> sorted = new ArrayList<>(trial.samples());
        sorted.sort(Comparator.comparingInt(OperatorTables::order));
        for (SampleOutcome sample : sorted) {
            boolean failed = sample.known() && !sample.faithful();
            html.open("tr", "class", !sample.known() ? "unknown" : failed ? "failed" : "");
            html.leaf("th", sample.subject(), "scope", "row");
            Page.cell(html, "object", sample.object(), "words");
            verdict(html, "model", sample.model(), sample.known());
            verdict(html, "operator", sample.operator(), sample.faithful());
            if (edits) {
                Optional<SampleOutcome.Edit> edit = sample.edit();
                html.open("td", "class", "words", "data-label", "edited towards");
                html.text(edit.map(SampleOutcome.Edit::object).orElse(Numbers.DASH));
                edit.ifPresent(e -> html.leaf("small", "of " + e.target()));
                html.close();
                if (edit.isPresent()) {
                    verdict(html, "came out", edit.get().predicted(), edit.get().success());
                } else {
                    Page.cell(html, "came out", Numbers.DASH, "words");
                }
            }
            html.end();
        }
        html.close().end();
    }

    /** Right and known at the end: they need no eye. */
    private static int order(SampleOutcome sample) {
        boolean editFailed = sample.edit().map(edit -> !edit.success()).orElse(false);
        if (!sample.known()) {
            return 2;
        }
        return !sample.faithful() ? 0 : editFailed ? 1 : 3;
    }

    private static void verdict(Html html, String column, String token, boolean right) {
        html.open("td", "class", right ? "says right" : "says wrong", "data-label", column);
        html.leaf("span", right ? "✓" : "✗", "class", "mark").text(" ");
        html.leaf("span", shown(token)).close();
    }

    /** Which tokens the largest singular vectors read and write. */
    static void directions(Html html, OperatorPicture operator) {
        html.open("table", "class", "cards directions").open("thead").open("tr");
        html.leaf("th", "Singular value", "scope", "col", "class", "number");
        head(html, "Reads: tokens whose embedding lies along it");
        head(html, "Writes: tokens that it raises");
        html.close().close().open("tbody").raw("\n");
        for (Direction direction : operator.directions()) {
            html.open("tr");
            html.leaf(
                    "th",
                    Numbers.number(rounded(direction.singularValue())),
                    "scope",
                    "row",
                    "class",
                    "number",
                    "data-label",
                    "singular value");
            tokens(html, "reads", direction.reads());
            tokens(html, "writes", direction.writes());
            html.end();
        }
        html.close().end();
    }

    private static void tokens(Html html, String column, List<TokenScore> tokens) {
        html.open("td", "class", "chips", "data-label", column);
        for (TokenScore token : tokens) {
            html.leaf("span", shown(token.token()), "class", "token", "title", Numbers.number(rounded(token.score())))
                    .text(" ");
        }
        html.close();
    }

    /** Norms of each trial's operator. */
    static void norms(Html html, List<RelationTrial> trials) {
        html.open("table", "class", "cards norms").open("thead").open("tr");
        head(html, "Trial");
        Stream.of("From → to", "|W| (Frobenius)", "mean |W·h|", "|b|", "β·|W·h| / |b|")
                .forEach(name -> html.leaf("th", name, "scope", "col", "class", "number"));
        html.close().close().open("tbody").raw("\n");
        for (RelationTrial trial : trials) {
            OperatorPicture operator = trial.operator();
            html.open("tr")
                    .leaf(
                            "th",
                            Integer.toString(trial.trial()),
                            "scope",
                            "row",
                            "class",
                            "trial",
                            "data-label",
                            "trial");
            Page.cell(html, "from → to", operator.ends(), "number");
            Page.cell(html, "|W|", norm(operator.weightNorm()), "number");
            Page.cell(html, "|W·h|", norm(operator.imageNorm()), "number");
            Page.cell(html, "|b|", norm(operator.biasNorm()), "number");
            double share = trial.choice().beta().orElse(1.0) * operator.imageNorm() / operator.biasNorm();
            Page.cell(html, "β·|W·h| / |b|", norm(share), "number");
            html.end();
        }
        html.close().end();
    }

    /** What each trial chose and reached, and why some could not be scored. */
    static void trials(Html html, RelationResult result) {
        html.open("table", "class", "cards trials").open("thead").open("tr");
        Stream.of("Trial", "Trained on", "Chosen", "Tested on", "Faithful", "Edits")
                .forEach(head -> head(html, head));
        html.close().close().open("tbody").raw("\n");
        for (RelationTrial trial : result.trials()) {
            html.open("tr")
                    .leaf(
                            "th",
                            Integer.toString(trial.trial()),
                            "scope",
                            "row",
                            "class",
                            "trial",
                            "data-label",
                            "trial");
            html.open("td", "class", "words", "data-label", "trained on").text(String.join(", ", trial.train()));
            html.leaf("small", trial.trainKnown() + " of " + trial.train().size() + " known to the model")
                    .close();
            html.open("td", "class", "words", "data-label", "chosen").text(read(trial.choice()));
            edit(trial.choice()).ifPresent(edit -> html.leaf("small", edit));
            html.close();
            html.open("td", "class", "words", "data-label", "tested on")
                    .text(trial.known() + " known")
                    .leaf("small", trial.unknown() + " unknown to the model")
                    .close();
            rate(html, "faithful", Optional.of(trial.faithfulness()));
            rate(html, "edits", trial.causality());
            html.end();
        }
        for (RelationResult.Skipped skipped : result.skipped()) {
            html.open("tr", "class", "unknown")
                    .leaf(
                            "th",
                            Integer.toString(skipped.trial()),
                            "scope",
                            "row",
                            "class",
                            "trial",
                            "data-label",
                            "trial")
                    .leaf("td", "skipped: " + skipped.reason(), "colspan", "5", "class", "words")
                    .end();
        }
        html.close().end();
    }

    static String read(Choice choice) {
        return RelationWords.layer(choice.layer())
                + choice.beta().map(beta -> ", β " + Numbers.number(beta)).orElse("");
    }

    static Optional<String> edit(Choice choice) {
        return choice.editLayer()
                .map(layer -> "edits at " + RelationWords.layer(layer)
                        + choice.rank().map(rank -> ", rank " + rank).orElse(""));
    }

    private static void rate(Html html, String column, Optional<Rate> rate) {
        html.open("td", "class", "words", "data-label", column);
        html.leaf("b", rate.map(r -> Numbers.percent(r.value())).orElse(Numbers.DASH));
        rate.ifPresent(r -> html.leaf("small", r.correct() + " of " + r.total()));
        html.close();
    }

    private static void head(Html html, String text) {
        html.leaf("th", text, "scope", "col");
    }

    private static String shown(String token) {
        return Words.shorten(Words.token(token), TOKEN_LIMIT);
    }

    private static String norm(double value) {
        return value == 0 ? Numbers.DASH : Numbers.number(rounded(value));
    }

    /** Three significant digits: what norms are compared by. */
    private static double rounded(double value) {
        if (value == 0 || !Double.isFinite(value)) {
            return value;
        }
        double unit = Math.pow(10, Math.floor(Math.log10(Math.abs(value))) - 2);
        return Math.round(value / unit) * unit;
    }
}
