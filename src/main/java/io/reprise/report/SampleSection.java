package io.reprise.report;

import io.reprise.run.SampleContinuation;
import io.reprise.run.SampleContinuation.Guess;
import java.util.List;

/** What the model does on a few test sequences, with the probabilities of its guesses. */
final class SampleSection {
    private static final int SHOWN = 6;
    private static final int PROMPT_LIMIT = 24;

    private SampleSection() {}

    static void write(Html html, List<SampleContinuation> samples) {
        if (samples.isEmpty()) {
            return;
        }
        html.open("section", "id", "samples").leaf("h2", "Sample continuations");
        html.leaf(
                "p",
                "Test sequences, the right next token, and the model's most probable guesses. Bars are probabilities;"
                        + " ✓ marks the right token.");
        cards(html, samples.subList(0, Math.min(SHOWN, samples.size())));
        if (samples.size() > SHOWN) {
            List<SampleContinuation> rest = samples.subList(SHOWN, samples.size());
            Page.details(html, Words.plural(rest.size(), "more sample"), () -> cards(html, rest));
        }
        html.end();
    }

    private static void cards(Html html, List<SampleContinuation> samples) {
        html.open("div", "class", "samples").raw("\n");
        samples.forEach(sample -> card(html, sample));
        html.end();
    }

    private static void card(Html html, SampleContinuation sample) {
        html.open("article");
        html.open("p", "class", "prompt");
        int dropped = Math.max(0, sample.prompt().size() - PROMPT_LIMIT);
        if (dropped > 0) {
            html.leaf("span", "… " + dropped + " before", "class", "dropped").text(" ");
        }
        for (String token : sample.prompt().subList(dropped, sample.prompt().size())) {
            html.leaf("span", Words.token(token), "class", "token").text(" ");
        }
        html.text("→ ")
                .leaf("span", Words.token(sample.target()), "class", "token target")
                .close();
        html.leaf("p", verdict(sample), "class", "verdict");
        html.open("table", "class", "guesses").open("tbody");
        for (Guess guess : sample.guesses()) {
            boolean right = guess.token().equals(sample.target());
            html.open("tr").leaf("th", Words.shorten(Words.token(guess.token()), 14), "scope", "row");
            html.open("td");
            Page.bar(html, guess.probability(), right ? "right" : "other");
            html.close().leaf("td", Numbers.percent(guess.probability()), "class", "number");
            html.leaf("td", right ? "✓" : "", "class", "mark");
            html.end();
        }
        html.close().end().end();
    }

    private static String verdict(SampleContinuation sample) {
        if (!sample.determined()) {
            return "several next tokens are possible here: not scored";
        }
        boolean right =
                !sample.guesses().isEmpty() && sample.guesses().get(0).token().equals(sample.target());
        return right ? "right" : "wrong";
    }
}
