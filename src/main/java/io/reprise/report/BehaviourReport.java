package io.reprise.report;

import io.reprise.run.BehaviourCell;
import io.reprise.run.BehaviourResult;
import io.reprise.run.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** How models answer sequence tasks, as a self-contained page: heat maps task × members given, every cell, samples. */
public final class BehaviourReport {
    private static final double MASTERED = 0.5;

    private BehaviourReport() {}

    /** @param command the command line that repeats it */
    public static String html(BehaviourResult result, List<String> command) {
        Map<String, List<BehaviourCell>> groups = groups(result);
        return Page.of("Sequence tasks · Reprise", html -> {
            html.open("header").leaf("p", "Reprise behaviour", "class", "eyebrow");
            html.leaf("h1", "Sequence tasks: " + String.join(", ", names(result)));
            html.leaf("p", "Which sequences are continued right, by how many members are given?", "class", "question");
            result.models().forEach(model -> html.leaf("p", answer(result, model.name()), "class", "answer"));
            html.end();
            maps(html, groups);
            groups.forEach((name, cells) -> table(html, name, cells));
            samples(html, groups);
            provenance(html, result, command);
        });
    }

    private static List<String> names(BehaviourResult result) {
        return result.models().stream().map(BehaviourResult.Model::name).toList();
    }

    /** Cells by model and, where tasks were asked in several templates, by these; tasks with a single one stay together. */
    private static Map<String, List<BehaviourCell>> groups(BehaviourResult result) {
        Map<String, List<BehaviourCell>> groups = new LinkedHashMap<>();
        for (BehaviourResult.Model model : result.models()) {
            List<BehaviourCell> own = result.cells().stream()
                    .filter(cell -> cell.model().equals(model.name()))
                    .toList();
            Map<String, Set<String>> templates = new LinkedHashMap<>();
            own.forEach(cell -> templates
                    .computeIfAbsent(cell.task(), task -> new LinkedHashSet<>())
                    .add(cell.template()));
            boolean several = templates.values().stream().anyMatch(of -> of.size() > 1);
            for (BehaviourCell cell : own) {
                String template = templates.get(cell.task()).size() > 1 ? cell.template() : "a template of its own";
                String group = several ? model.name() + " · " + template : model.name();
                groups.computeIfAbsent(group, key -> new ArrayList<>()).add(cell);
            }
        }
        return groups;
    }

    /** Which tasks are answered more often than not, in a sentence. */
    private static String answer(BehaviourResult result, String model) {
        List<BehaviourCell> own = result.cells().stream()
                .filter(cell -> cell.model().equals(model) && cell.asked() > 0)
                .toList();
        long tasks = own.stream().map(BehaviourCell::task).distinct().count();
        List<String> right = own.stream()
                .filter(cell -> cell.whole() > MASTERED)
                .map(BehaviourCell::task)
                .distinct()
                .toList();
        return model + " gives the whole answer more often than not in " + right.size() + " of "
                + Words.plural(tasks, "task")
                + (right.isEmpty() ? "." : " (with some number of members given): " + String.join(", ", right) + ".");
    }

    private static void maps(Html html, Map<String, List<BehaviourCell>> groups) {
        List<Picture> pictures = new ArrayList<>();
        groups.forEach((name, cells) -> {
            pictures.add(map(
                    name,
                    cells,
                    "whole",
                    "Whole answer",
                    "Share of questions whose every answer token greedy decoding gives.",
                    BehaviourCell::whole));
            pictures.add(map(
                    name,
                    cells,
                    "first",
                    "First token",
                    "Share of questions whose answer's first token is the likeliest. Compare with the baselines below: where"
                            + " answers begin alike, the first token is cheap.",
                    BehaviourCell::first));
        });
        html.open("section", "id", "maps").leaf("h2", "Task by members given");
        Page.figures(html, pictures);
        html.end();
    }

    private static Picture map(
            String name,
            List<BehaviourCell> cells,
            String kind,
            String title,
            String caption,
            ToDoubleFunction<BehaviourCell> value) {
        List<String> tasks = cells.stream().map(BehaviourCell::task).distinct().toList();
        List<Integer> given =
                cells.stream().map(BehaviourCell::given).distinct().sorted().toList();
        List<List<Double>> values = new ArrayList<>();
        List<List<String>> printed = new ArrayList<>();
        List<List<String>> tooltips = new ArrayList<>();
        for (String task : tasks) {
            List<Double> row = new ArrayList<>();
            List<String> words = new ArrayList<>();
            List<String> more = new ArrayList<>();
            for (int members : given) {
                Optional<BehaviourCell> cell = cells.stream()
                        .filter(c -> c.task().equals(task) && c.given() == members)
                        .findFirst();
                row.add(cell.map(value::applyAsDouble).orElse(null));
                words.add(cell.map(value::applyAsDouble).map(Numbers::percent).orElse(""));
                more.add(cell.map(c -> task + ", " + members + " given: " + Numbers.percent(value.applyAsDouble(c))
                                + " of " + Words.plural(c.asked(), "question"))
                        .orElse(""));
            }
            values.add(row);
            printed.add(words);
            tooltips.add(more);
        }
        return Heatmap.draw(new Figure(
                Words.slug(kind + "-" + name),
                title + " · " + name,
                caption + " Blank: not asked.",
                "accuracy",
                "task",
                "members given",
                tasks,
                given.stream().map(String::valueOf).toList(),
                values,
                new Figure.Words(printed, tooltips, List.of())));
    }

    private static void table(Html html, String name, List<BehaviourCell> cells) {
        html.open("section", "id", "cells-" + Words.slug(name)).leaf("h2", name);
        html.open("div", "class", "scroll");
        html.open("table", "class", "cards comparison").open("thead").open("tr");
        html.leaf("th", "task", "scope", "col");
        Stream.of(
                        "given",
                        "asked",
                        "first token",
                        "whole answer",
                        "P(answer)",
                        "repeats last",
                        "most frequent",
                        "+1 / same step")
                .forEach(head -> html.leaf("th", head, "scope", "col", "class", "number"));
        html.close().close().open("tbody").raw("\n");
        for (BehaviourCell cell : cells) {
            html.open("tr").leaf("th", cell.task(), "scope", "row");
            Page.cell(html, "given", Integer.toString(cell.given()), "number");
            html.open("td", "class", "number", "data-label", "asked").text(Numbers.count(cell.asked()));
            if (cell.leftOut() > 0) {
                html.leaf("small", Numbers.count(cell.leftOut()) + " left out");
            }
            html.close();
            share(html, "first token", cell.asked(), cell.first(), cell.firstLow(), cell.firstHigh());
            share(html, "whole answer", cell.asked(), cell.whole(), cell.wholeLow(), cell.wholeHigh());
            Page.cell(html, "P(answer)", Numbers.number(cell.wholeProbability()), "number");
            baseline(html, "repeats last", cell.copyFirst(), cell.copyWhole());
            baseline(html, "most frequent", cell.frequentFirst(), cell.frequentWhole());
            baseline(html, "+1 / same step", cell.successorWhole(), cell.sameStepWhole());
            html.end();
        }
        html.close().end().end();
        html.leaf(
                "p",
                "Accuracy with its 95% Wilson interval, as if questions were independent. P(answer): mean probability of the"
                        + " whole answer, each token given the right ones before it. Baselines, first token / whole answer: the"
                        + " last member given once more; the most frequent answer. Whole answers only: the member after the last"
                        + " one given, and the last step once more. A uniform guess of a token: "
                        + Numbers.percent(cells.stream()
                                .mapToDouble(BehaviourCell::chance)
                                .max()
                                .orElse(Double.NaN))
                        + ". Left out: no tokens for it, or longer than the context.",
                "class",
                "key");
        html.end();
    }

    private static void share(Html html, String column, long asked, double share, double low, double high) {
        html.open("td", "class", "number", "data-label", column).leaf("b", Numbers.percent(share));
        if (asked > 0) {
            html.leaf("small", Numbers.percent(low) + " – " + Numbers.percent(high));
        }
        html.close();
    }

    private static void baseline(Html html, String column, double first, double whole) {
        Page.cell(html, column, Numbers.percent(first) + " / " + Numbers.percent(whole), "number");
    }

    private static void samples(Html html, Map<String, List<BehaviourCell>> groups) {
        html.open("section", "id", "samples").leaf("h2", "Samples");
        html.leaf("p", "What was asked, what was expected, and what greedy decoding gives.");
        groups.forEach((name, cells) -> Page.details(html, name, () -> {
            html.open("div", "class", "scroll").open("table").open("thead").open("tr");
            Stream.of("task", "prompt", "expected", "answered").forEach(head -> html.leaf("th", head, "scope", "col"));
            html.leaf("th", "P(answer)", "scope", "col", "class", "number");
            html.close().close().open("tbody").raw("\n");
            for (BehaviourCell cell : cells) {
                for (BehaviourCell.Sample sample : cell.samples()) {
                    boolean right = sample.expected().equals(sample.answered());
                    html.open("tr").leaf("th", cell.task(), "scope", "row");
                    html.leaf("td", Words.token(sample.prompt()).replace('␣', ' '));
                    html.leaf("td", Words.token(sample.expected()));
                    html.leaf("td", (right ? "✓ " : "✗ ") + Words.token(sample.answered()));
                    html.leaf("td", Numbers.number(sample.probability()), "class", "number")
                            .end();
                }
            }
            html.close().end().end();
        }));
        html.end();
    }

    private static void provenance(Html html, BehaviourResult result, List<String> command) {
        html.open("section", "id", "provenance").leaf("h2", "Provenance");
        html.leaf("p", "To repeat it:", "class", "repeat").leaf("pre", ReportInput.shell(command), "class", "command");
        html.open("dl");
        for (BehaviourResult.Model model : result.models()) {
            html.leaf("dt", model.name());
            html.leaf(
                    "dd",
                    model.path() + " · " + model.family() + " · " + model.shape() + " · vocabulary of "
                            + Numbers.count(model.vocabulary()) + " · " + model.tokenizer());
        }
        result.settings().forEach((name, value) -> html.leaf("dt", name).leaf("dd", value));
        html.end().end();
    }
}
