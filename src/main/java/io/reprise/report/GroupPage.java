package io.reprise.report;

import io.reprise.analysis.overlap.ModelComparison;
import io.reprise.analysis.overlap.channels.ChannelComparison;
import io.reprise.analysis.overlap.channels.LensSummary;
import io.reprise.analysis.overlap.groups.GroupComparison;
import io.reprise.analysis.overlap.transport.Control;
import io.reprise.analysis.overlap.transport.Recovered;
import io.reprise.analysis.overlap.transport.TransportResult;
import io.reprise.analysis.overlap.verdict.Verdict;
import io.reprise.report.LineChart.Line;
import io.reprise.report.LineChart.Look;
import io.reprise.report.LineChart.Mark;
import io.reprise.report.LineChart.Scale;
import io.reprise.stats.Estimate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Two groups of models on one page: where circuits, lens and operators agree and where not, and the three verdicts. */
public final class GroupPage {
    private static final List<String> TAUS = List.of("tau_there", "tau_back");

    private GroupPage() {}

    public static String html(GroupComparison result) {
        ModelComparison comparison = result.comparison();
        boolean one = comparison.first().equals(comparison.second());
        String title = one ? comparison.first() : comparison.first() + " and " + comparison.second();
        return Page.of(title + " · Reprise", html -> {
            html.open("header").leaf("p", "Reprise comparison of models", "class", "eyebrow");
            html.leaf("h1", title + " at " + Words.spaced(comparison.task()));
            html.leaf("p", comparison.sentence(), "class", "answer");
            html.leaf(
                    "p",
                    models(result, one) + " Measured on " + Words.plural(result.prompts(), "prompt")
                            + " that no circuit was found on.",
                    "class",
                    "answer");
            html.end();
            verdicts(html, comparison.verdicts());
            channels(html, result);
            matching(html, result);
            comparison.transport().ifPresent(transport -> transport(html, result, transport));
        });
    }

    private static String models(GroupComparison result, boolean one) {
        String first = Words.plural(result.firstModels().size(), "model") + " ("
                + String.join(", ", result.firstModels()) + ")";
        return one
                ? first + ", every pair set against all other pairs."
                : first + " and " + Words.plural(result.secondModels().size(), "model") + " ("
                        + String.join(", ", result.secondModels()) + "); the seeds of each group are the ceiling.";
    }

    private static void verdicts(Html html, List<Verdict> verdicts) {
        html.open("section", "id", "verdicts").leaf("h2", "Verdicts");
        html.open("ul", "class", "notes");
        for (Verdict verdict : verdicts) {
            html.open("li").text(verdict.words());
            html.leaf("small", " Rule: " + verdict.rule() + ".").close();
        }
        html.end();
        html.leaf(
                "p",
                "The three don't depend on each other: circuits of different parts can do the same, and like parts can"
                        + " do another thing.",
                "class",
                "key");
        html.end();
    }

    private static void channels(Html html, GroupComparison result) {
        html.open("section", "id", "channels").leaf("h2", "Circuits, lens and operators");
        Map<String, Estimate> rows = new LinkedHashMap<>();
        result.comparison().channels().forEach(channel -> channel.figures()
                .forEach(figure -> rows.put(figure.name(), estimate(figure))));
        List<Picture> pictures = new ArrayList<>();
        pictures.add(CalibratedChart.draw(
                "channels",
                "How alike, between null and ceiling",
                "0: models that share nothing; 1: seeds of one architecture. Bars are 95% intervals. The first row of each"
                        + " channel is what it is read by.",
                rows));
        lens(result).ifPresent(pictures::add);
        Page.figures(html, pictures);
        html.open("div", "class", "scroll");
        html.open("table", "class", "cards comparison").open("thead").open("tr");
        html.leaf("th", "figure", "scope", "col");
        for (String head : List.of("value", "nulls", "ceiling", "calibrated")) {
            html.leaf("th", head, "scope", "col", "class", "number");
        }
        html.close().close().open("tbody").raw("\n");
        result.comparison().channels().forEach(channel -> channel.figures().forEach(figure -> row(html, figure)));
        html.close().end().end();
        html.end();
    }

    private static void row(Html html, ChannelComparison figure) {
        html.open("tr").leaf("th", figure.name(), "scope", "row");
        Page.cell(html, "value", Numbers.number(figure.value()), "number");
        html.open("td", "class", "number", "data-label", "nulls");
        figure.nulls().forEach((kind, value) -> html.leaf("small", kind + " " + Numbers.number(value) + " "));
        html.close();
        Page.cell(html, "ceiling", figure.ceiling().map(Numbers::number).orElse(Numbers.DASH), "number");
        CircuitSection.estimate(html, "calibrated", estimate(figure));
        html.end();
        figure.problem().ifPresent(problem -> {
            html.open("tr")
                    .open("td", "colspan", "5", "class", "words")
                    .leaf("small", problem)
                    .close();
            html.end();
        });
    }

    private static Estimate estimate(ChannelComparison figure) {
        return figure.calibrated()
                .map(value -> figure.interval()
                        .map(interval -> Estimate.of(value, interval))
                        .orElseGet(() -> Estimate.of(value)))
                .orElseGet(() -> Estimate.none(figure.problem().orElse("not identifiable")));
    }

    private static Optional<Picture> lens(GroupComparison result) {
        Optional<LensSummary> first = result.comparison().firstLens();
        Optional<LensSummary> second = result.comparison().secondLens();
        if (first.isEmpty() || second.isEmpty()) {
            return Optional.empty();
        }
        List<Line> lines = new ArrayList<>();
        lines.add(line(result.comparison().first() + " (first model)", Look.MAIN, first.get()));
        lines.add(line(result.comparison().second() + " (its partner)", Look.SECOND, second.get()));
        return Optional.of(Picture.charted(
                "lens",
                "What the logit lens says of the answer",
                "Mean probability of the answer at the last position, from the embedding (0) to the output (1). The decision"
                        + " falls at " + decision(first.get()) + " and at " + decision(second.get()) + ".",
                "Probability of the answer by relative depth, two lines.",
                LineChart.WIDTH,
                LineChart.HEIGHT,
                LineChart.of(lines, "relative depth", "probability of the answer", Scale.LINEAR)));
    }

    private static String decision(LensSummary summary) {
        return summary.decision()
                .mean()
                .map(mean -> String.format(
                        Locale.ROOT,
                        "%.2f (%s of the prompts)",
                        mean,
                        Numbers.percent(summary.decision().share())))
                .orElse("no depth");
    }

    private static Line line(String name, Look look, LensSummary summary) {
        List<LensSummary.Point> last = List.of();
        for (List<LensSummary.Point> points : summary.byRole().values()) {
            last = points;
        }
        return new Line(
                name,
                look,
                last.stream()
                        .map(point -> Mark.of(point.depth(), point.probability()))
                        .toList());
    }

    private static void matching(Html html, GroupComparison result) {
        ModelComparison comparison = result.comparison();
        boolean one = comparison.first().equals(comparison.second());
        html.open("section", "id", "matching").leaf("h2", "Matched components");
        Page.figure(
                html,
                MatchingDiagram.draw(
                        one ? result.firstModels().get(0) : comparison.first(),
                        result.first(),
                        one ? "the next" : comparison.second(),
                        result.second(),
                        result.matching()));
        html.open("ul", "class", "notes");
        for (String name : TAUS) {
            Optional.ofNullable(result.figures().get(name)).ifPresent(tau -> html.leaf("li", words(name, tau)));
        }
        html.end();
        html.end();
    }

    private static String words(String name, Estimate tau) {
        String what = name.equals("tau_there")
                ? "The first circuit, carried over by these matches, does of the second model's task τ = "
                : "The second circuit, carried back, does of the first model's task τ = ";
        return tau.value()
                .map(value -> what + CircuitSection.two(value)
                        + tau.interval().map(i -> " " + CircuitSection.range(i)).orElse("")
                        + " (0: random circuits, 1: its own circuit).")
                .orElseGet(() -> what + "not identifiable: " + tau.problem().orElse("") + ".");
    }

    private static void transport(Html html, GroupComparison result, TransportResult transport) {
        html.open("section", "id", "transport").leaf("h2", "Transport of single components");
        html.leaf(
                "p",
                "What a component of the first model writes, carried by a linear map of the residual streams that was fitted on"
                        + " random token sequences, is put in the place of its match in the second model's corrupt run: the share of"
                        + " what the match's own clean value recovers. Beside it the strongest control of each kind, for "
                        + result.firstModels().get(0) + " and its partner.");
        html.open("div", "class", "scroll");
        html.open("table", "class", "cards comparison").open("thead").open("tr");
        html.leaf("th", "from → to", "scope", "col").leaf("th", "recovered", "scope", "col", "class", "number");
        for (Control.Kind kind : Control.Kind.values()) {
            html.leaf("th", kind.words(), "scope", "col", "class", "number");
        }
        html.close().close().open("tbody").raw("\n");
        transport.pairs().forEach(pair -> {
            html.open("tr").leaf("th", pair.from() + " → " + pair.to(), "scope", "row");
            recovered(html, "recovered", pair.transport(), pair.problem());
            for (Control.Kind kind : Control.Kind.values()) {
                recovered(html, kind.words(), strongest(pair.controls(), kind), Optional.empty());
            }
            html.end();
        });
        transport.all().ifPresent(all -> {
            html.open("tr").leaf("th", "all together", "scope", "row");
            recovered(html, "recovered", Optional.of(all.transport()), Optional.empty());
            for (Control.Kind kind : Control.Kind.values()) {
                recovered(html, kind.words(), strongest(all.controls(), kind), Optional.empty());
            }
            html.end();
        });
        html.close().end().end();
        html.end();
    }

    private static Optional<Recovered> strongest(List<Control> controls, Control.Kind kind) {
        return controls.stream()
                .filter(control -> control.kind() == kind)
                .map(Control::recovered)
                .reduce((a, b) -> b.fraction() > a.fraction() ? b : a);
    }

    private static void recovered(Html html, String column, Optional<Recovered> recovered, Optional<String> problem) {
        html.open("td", "class", "number", "data-label", column);
        if (recovered.isPresent()) {
            html.leaf("b", CircuitSection.two(recovered.get().fraction()));
            html.leaf("small", CircuitSection.range(recovered.get().interval()));
        } else {
            html.leaf("small", problem.isPresent() ? "not identifiable" : Numbers.DASH);
        }
        html.close();
    }
}
