package io.reprise.cli;

import io.reprise.experiment.BehaviourEvents;
import io.reprise.experiment.BehaviourOptions;
import io.reprise.run.BehaviourCell;
import io.reprise.run.BehaviourResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks models sequence tasks and shows how they answered. */
final class BehaviourScreen {
    private static final String NOTHING = "–";

    private final Services services;
    private final Screen screen;
    private final Output output;

    BehaviourScreen(Services services, Screen screen, Output output) {
        this.services = services;
        this.screen = screen;
        this.output = output;
    }

    /** @return the exit code */
    int show(BehaviourOptions options) throws IOException {
        BehaviourResult result;
        try (var progress = new Progress()) {
            result = services.behaviour(options, progress);
        }
        if (output.json) {
            result.cells().forEach(cell -> screen.result(JsonLines.of(cell)));
            return 0;
        }
        var table = result.models().size() == 1 ? alone(result.cells()) : sideBySide(result);
        CompareCommand.lines(table).forEach(screen::result);
        options.out().ifPresent(out -> screen.result(out.resolve("report.html").toString()));
        return 0;
    }

    private static Services.Table alone(List<BehaviourCell> cells) {
        var rows = new ArrayList<List<String>>();
        for (var cell : cells) {
            var row = row(cell);
            row.add(share(cell.asked(), cell.first(), cell.firstLow(), cell.firstHigh()));
            row.add(share(cell.asked(), cell.whole(), cell.wholeLow(), cell.wholeHigh()));
            row.add(plain(cell.wholeProbability()));
            row.add(plain(cell.copyFirst()) + " / " + plain(cell.copyWhole()));
            row.add(plain(cell.frequentFirst()) + " / " + plain(cell.frequentWhole()));
            row.add(plain(cell.successorWhole()) + " / " + plain(cell.sameStepWhole()));
            rows.add(row);
        }
        return new Services.Table(
                List.of(
                        "task",
                        "given",
                        "template",
                        "asked",
                        "first token",
                        "whole answer",
                        "P(answer)",
                        "repeats last",
                        "most frequent",
                        "+1 / same step"),
                rows,
                Optional.empty());
    }

    /** A model a column: whole answer, and the first token beneath the same roof. */
    private static Services.Table sideBySide(BehaviourResult result) {
        var headings = new ArrayList<>(List.of("task", "given", "template", "asked"));
        result.models().forEach(model -> headings.add(model.name() + ": whole (first)"));
        Map<List<Object>, List<String>> rows = new LinkedHashMap<>();
        for (var cell : result.cells()) {
            var key = List.<Object>of(cell.task(), cell.given(), cell.template());
            rows.computeIfAbsent(key, k -> {
                var row = row(cell);
                result.models().forEach(model -> row.add(NOTHING));
                return row;
            });
            int column = headings.indexOf(cell.model() + ": whole (first)");
            rows.get(key)
                    .set(
                            column,
                            cell.asked() == 0
                                    ? NOTHING
                                    : share(cell.asked(), cell.whole(), cell.wholeLow(), cell.wholeHigh()) + " ("
                                            + plain(cell.first()) + ")");
        }
        return new Services.Table(headings, List.copyOf(rows.values()), Optional.empty());
    }

    private static List<String> row(BehaviourCell cell) {
        var asked = Figures.count(cell.asked()) + (cell.leftOut() == 0 ? "" : " (−" + cell.leftOut() + ")");
        return new ArrayList<>(List.of(
                cell.task(), Integer.toString(cell.given()), cell.template().replace("\n", "\\n"), asked));
    }

    /** 97% [92–99]. */
    private static String share(long asked, double share, double low, double high) {
        return asked == 0 ? NOTHING : plain(share) + " [" + Math.round(low * 100) + "–" + Math.round(high * 100) + "]";
    }

    private static String plain(double share) {
        return Double.isFinite(share) ? Figures.roughly(share) : NOTHING;
    }

    /** Says which model is being asked, and how far it is. */
    private final class Progress implements BehaviourEvents, AutoCloseable {
        private Optional<Bar> bar = Optional.empty();

        @Override
        public void onModel(String name, String words, int questions) {
            close();
            if (output.silent()) {
                return;
            }
            screen.progress("model", name + " · " + words + " · " + Figures.count(questions) + " questions");
            if (screen.terminal().interactive()) {
                bar = Optional.of(new Bar(screen, "ask", questions, () -> name));
            }
        }

        @Override
        public void onAnswered(int done) {
            bar.ifPresent(b -> b.at(done));
        }

        @Override
        public void onNote(String note) {
            if (!output.silent()) {
                screen.progress("note", note);
            }
        }

        @Override
        public void close() {
            bar.ifPresent(Bar::close);
            bar = Optional.empty();
        }
    }
}
