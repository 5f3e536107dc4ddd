package io.reprise.cli;

import io.reprise.experiment.RunOutcome;
import io.reprise.run.ExpectationResult;
import io.reprise.run.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A finished run in a few lines. */
final class Outcomes {
    private Outcomes() {}

    /** The lines under a run's progress. */
    static List<String> lines(RunOutcome outcome) {
        var result = outcome.result();
        var lines = new ArrayList<String>();
        if (outcome.already()) {
            lines.add("done   this run is finished already; --force does it again");
        }
        test(outcome).ifPresent(lines::add);
        for (var expectation : result.expectations()) {
            lines.add(expectation(expectation));
        }
        lines.add(outcome.report().orElse(outcome.directory()).toString());
        outcome.tracking().ifPresent(words -> lines.add("MLflow  " + words));
        return lines;
    }

    private static Optional<String> test(RunOutcome outcome) {
        var metrics = outcome.result().metrics();
        return outcome.result().scores().stream()
                .filter(score -> score.split().equals("test") && score.kind().equals("determined"))
                .filter(score -> score.total() > 0)
                .findFirst()
                .map(score -> "test   " + accuracy(score) + " of determined next elements" + besides(score)
                        + (metrics.containsKey("test/loss")
                                ? " · loss " + Figures.loss(metrics.get("test/loss"))
                                : ""));
    }

    /** 99.95% ± 0.06: the interval's longer side, since intervals near 100% lean. */
    static String accuracy(Score score) {
        double half = Math.max(score.high() - score.accuracy(), score.accuracy() - score.low()) * 100;
        return Figures.percent(score.accuracy())
                + (Double.isFinite(half) ? String.format(Locale.ROOT, " ± %.2f", half) : "");
    }

    private static String besides(Score score) {
        var besides = new ArrayList<String>();
        if (Double.isFinite(score.ceiling())) {
            besides.add("ceiling " + Figures.percent(score.ceiling()));
        }
        if (Double.isFinite(score.bigram())) {
            besides.add("bigram " + Figures.percent(score.bigram()));
        }
        return besides.isEmpty() ? "" : " (" + String.join(", ", besides) + ")";
    }

    static String expectation(ExpectationResult expectation) {
        var control = expectation.control().isEmpty() ? "" : " (" + expectation.control() + ")";
        return (expectation.met() ? "met    " : "MISSED ") + expectation.metric() + " = "
                + String.format(Locale.ROOT, "%.4g", expectation.measured()) + ", expected " + expectation.expected()
                + control;
    }
}
