package io.reprise.report;

import io.reprise.report.Canvas.Anchor;
import io.reprise.report.Canvas.Lettering;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shares from 0% to 100%, a row each: a bar for the interval, a mark in it at the value, a dot per repetition. */
final class IntervalChart {
    private static final double ROW = 34;
    private static final double HEADING = 36;
    private static final double LEFT = 150;
    private static final Lettering NAME = new Lettering(12, Anchor.END, Picture.INK, false);
    private static final Lettering TITLE = new Lettering(12.5, Anchor.START, Picture.INK, false);
    private static final Lettering TICK = new Lettering(10, Anchor.MIDDLE, Picture.INK, false);
    private static final Lettering AXIS = new Lettering(11, Anchor.MIDDLE, Picture.MUTED, false);
    private static final int OWN = 0x440154;
    private static final int CONTROL = 0x6f6a52;

    /**
     * A row.
     *
     * @param own whether it is what is measured, and not a control
     * @param low equal to value if there is no interval
     * @param dots one per repetition; none if there is nothing to repeat
     */
    record Row(String name, boolean own, double value, double low, double high, List<Double> dots) {
        Row {
            dots = List.copyOf(dots);
        }

        String words() {
            return name + " " + Numbers.percent(value)
                    + (high > low ? ", " + Numbers.percent(low) + " to " + Numbers.percent(high) : "");
        }
    }

    /** @param title blank for none */
    record Group(String title, List<Row> rows) {
        Group {
            rows = List.copyOf(rows);
        }

        private double height() {
            return ROW * rows.size() + (title.isBlank() ? 0 : HEADING);
        }
    }

    private final List<Group> groups;
    private final String axis;
    private final int width;

    private IntervalChart(List<Group> groups, String axis, int width) {
        this.groups = groups;
        this.axis = axis;
        this.width = width;
    }

    /** @param axis what is shared, printed under the scale */
    static Picture draw(String id, String title, String caption, List<Group> groups, String axis, int width) {
        List<String> words = new ArrayList<>();
        for (Group group : groups) {
            String rows =
                    String.join("; ", group.rows().stream().map(Row::words).toList());
            words.add(group.title().isBlank() ? rows : group.title() + ": " + rows);
        }
        double height = groups.stream().mapToDouble(Group::height).sum();
        return Picture.drawn(
                id,
                title,
                caption,
                "Intervals of " + axis + ", one row each: " + String.join(". ", words) + ".",
                width,
                (int) height + 44,
                new IntervalChart(groups, axis, width)::paint);
    }

    private void paint(Canvas canvas) {
        double top = 4;
        for (Group group : groups) {
            if (!group.title().isBlank()) {
                canvas.text(0, top + HEADING - 12, group.title(), TITLE);
                top += HEADING;
            }
            double bottom = top + ROW * group.rows().size();
            for (int tick = 0; tick <= 4; tick++) {
                canvas.line(x(tick / 4.0), top, x(tick / 4.0), bottom, 0xe6e9ed, 1);
            }
            for (Row row : group.rows()) {
                paint(canvas, row, top + ROW / 2);
                top += ROW;
            }
        }
        for (int tick = 0; tick <= 4; tick++) {
            canvas.text(x(tick / 4.0), top + 14, 25 * tick + "%", TICK);
        }
        canvas.text((LEFT + right()) / 2, top + 31, axis, AXIS);
    }

    private void paint(Canvas canvas, Row row, double middle) {
        int colour = row.own() ? OWN : CONTROL;
        canvas.text(LEFT - 12, middle + 4, row.name(), NAME);
        String tooltip = row.words();
        if (row.high() > row.low()) {
            double from = x(row.low());
            double length = Math.max(2, x(row.high()) - from);
            canvas.rect(from, middle - 5, length, 10, row.own() ? 0xcbb9d0 : 0xd8d6cd, Optional.of(tooltip));
        }
        canvas.line(x(row.value()), middle - 9, x(row.value()), middle + 9, colour, 2.5);
        for (double dot : row.dots()) {
            canvas.dot(x(dot), middle, 3.2, colour, 0.6);
        }
    }

    private double x(double share) {
        return LEFT + (right() - LEFT) * share;
    }

    private double right() {
        return width - 20;
    }
}
