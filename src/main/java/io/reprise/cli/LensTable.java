package io.reprise.cli;

import io.reprise.analysis.lens.Statistic;
import io.reprise.analysis.lens.Trajectory;
import io.reprise.report.LensView;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A trajectory on a terminal: next tokens on top, one line per row, tokens read below; folded into tables as wide as the
 * terminal.
 */
final class LensTable {
    private static final int WIDEST_CELL = 10;
    private static final String RESET = "\u001b[0m";

    private final LensView view;
    private final Trajectory trajectory;
    private final int best;
    private final Terminal terminal;
    private final int[][] colours;
    private final int labelWidth;

    /** @param best tokens shown per cell, one below the other */
    LensTable(LensView view, Trajectory trajectory, int best, Terminal terminal) {
        this.view = view;
        this.trajectory = trajectory;
        boolean tokens = view.statistic() == Statistic.PROBABILITY || view.statistic() == Statistic.LOGIT;
        this.best = tokens ? best : 1;
        this.terminal = terminal;
        this.colours = view.colours(trajectory);
        this.labelWidth = Math.max(
                4,
                trajectory.rows().stream()
                        .mapToInt(row -> row.name().length())
                        .max()
                        .orElse(0));
    }

    List<String> lines() {
        var positions = IntStream.range(trajectory.from(), trajectory.to()).toArray();
        int cell = IntStream.of(positions).map(this::widest).max().orElse(1);
        int fit = Math.max(1, (terminal.columns() - labelWidth - 2) / (cell + 2));
        int tables = (positions.length + fit - 1) / fit;
        int each = (positions.length + tables - 1) / tables;
        var lines = new ArrayList<String>();
        for (int from = 0; from < positions.length; from += each) {
            int to = Math.min(positions.length, from + each);
            if (from > 0) {
                lines.add("");
            }
            lines.addAll(table(trajectory.from() + from, trajectory.from() + to, cell));
        }
        return lines;
    }

    private int widest(int position) {
        int widest = Math.max(
                Cells.width(view.head(trajectory, position)),
                Cells.width(view.token(trajectory.tokens()[position])));
        for (int row = 0; row < trajectory.rows().size(); row++) {
            for (int k = 0; k < best; k++) {
                widest = Math.max(widest, Cells.width(text(row, position, k)));
            }
        }
        return Math.min(WIDEST_CELL, widest);
    }

    private List<String> table(int from, int to, int cell) {
        var lines = new ArrayList<String>();
        var heads = new StringBuilder(label("next"));
        for (int position = from; position < to; position++) {
            heads.append(
                    bold(' ' + Cells.fit(view.head(trajectory, position), cell) + ' ', trajectory.isRight(position)));
        }
        lines.add(heads.toString().stripTrailing());
        for (var line : view.lines(trajectory)) {
            for (int k = 0; k < best; k++) {
                var text = new StringBuilder(label(k == 0 ? line.name() : ""));
                for (int position = from; position < to; position++) {
                    text.append(shaded(
                            ' ' + Cells.fit(text(line.index(), position, k), cell) + ' ',
                            colours[line.index()][position - trajectory.from()]));
                }
                lines.add(text.toString().stripTrailing());
            }
        }
        var read = new StringBuilder(label("read"));
        for (int position = from; position < to; position++) {
            read.append(' ')
                    .append(Cells.fit(view.token(trajectory.tokens()[position]), cell))
                    .append(' ');
        }
        lines.add(read.toString().stripTrailing());
        return lines;
    }

    /** The k-th line of a cell. */
    private String text(int row, int position, int k) {
        var shown = trajectory.cell(row, position);
        if (k == 0) {
            return view.text(shown);
        }
        return k < shown.top().size() ? view.token(shown.top().get(k).token()) : "";
    }

    private String label(String name) {
        return Cells.fit(name, labelWidth) + " ";
    }

    private String bold(String text, boolean really) {
        return really && terminal.shading() != Terminal.Shading.NONE ? "\u001b[1m" + text + RESET : text;
    }

    private String shaded(String text, int rgb) {
        var letters = LensView.takesBlack(rgb) ? "30" : "97";
        return switch (terminal.shading()) {
            case NONE -> text;
            case ANSI -> "\u001b[" + letters + ";48;5;" + Cells.ansi(rgb) + "m" + text + RESET;
            case TRUE ->
                "\u001b[" + letters + ";48;2;" + (rgb >> 16) + ";" + (rgb >> 8 & 255) + ";" + (rgb & 255) + "m" + text
                        + RESET;
        };
    }
}
