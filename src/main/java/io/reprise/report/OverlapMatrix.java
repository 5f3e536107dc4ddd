package io.reprise.report;

import io.reprise.report.Canvas.Anchor;
import io.reprise.report.Canvas.Lettering;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tasks by tasks, on one scale in every picture: pale is 0 or less, dark 1 or more, and both are named below. A cell without value
 * says why.
 */
final class OverlapMatrix {
    private static final double TOP = 4;
    private static final double TALL = 42;
    private static final double WIDE = 92;
    private static final double NARROW = 46;
    /** Up to so many tasks cells have room for an interval. */
    private static final int ROOMY = 6;

    private static final int NAME_LIMIT = 14;
    private static final int PALE = 0xf1f3f5;
    private static final Lettering VALUE = new Lettering(12, Anchor.MIDDLE, Picture.INK, false);
    private static final Lettering SMALL = new Lettering(9.5, Anchor.MIDDLE, Picture.MUTED, false);
    private static final Lettering LABEL = new Lettering(10.5, Anchor.MIDDLE, Picture.INK, false);
    private static final Lettering AXIS = new Lettering(11, Anchor.MIDDLE, Picture.MUTED, false);

    private final Content content;
    private final int n;
    private final boolean roomy;
    private final double cell;
    private final double row;
    private final double left;
    private final boolean turned;
    private final double feet;

    /**
     * A cell.
     *
     * @param value empty where there is none
     * @param text printed in it
     * @param beneath printed below that, such as an interval, where there is room
     * @param tooltip all of it
     */
    record Cell(Optional<Double> value, String text, String beneath, String tooltip) {
        static Cell of(double value, String beneath, String tooltip) {
            return new Cell(Optional.of(value), shown(value), beneath, tooltip);
        }

        /** @param why none */
        static Cell none(String text, String why) {
            return new Cell(Optional.empty(), text, "", why);
        }

        static String shown(double value) {
            String text = String.format(Locale.ROOT, "%.2f", value);
            return text.equals("-0.00") ? "0.00" : text.replace('-', '−');
        }
    }

    /**
     * What is drawn.
     *
     * @param nothing what 0 is
     * @param full what 1 is
     * @param cells [row][column]
     */
    record Content(
            String rowAxis,
            String columnAxis,
            List<String> tasks,
            String nothing,
            String full,
            List<List<Cell>> cells) {
        Content {
            tasks = List.copyOf(tasks);
            cells = cells.stream().map(List::copyOf).toList();
        }
    }

    private OverlapMatrix(Content content) {
        this.content = content;
        n = content.tasks().size();
        roomy = n <= ROOMY;
        int longest = content.tasks().stream()
                .mapToInt(task -> Math.min(NAME_LIMIT, task.length()))
                .max()
                .orElse(1);
        left = 30 + longest * 6.5;
        cell = roomy ? Math.max(64, Math.min(WIDE, (Heatmap.WIDTH - left - 6) / n)) : NARROW;
        row = roomy ? TALL : 24;
        turned = longest * 6.5 + 4 > cell;
        feet = turned ? longest * 6.5 + 10 : 18;
    }

    static Picture draw(String id, String title, String caption, Content content) {
        OverlapMatrix matrix = new OverlapMatrix(content);
        return Picture.drawn(
                id,
                title,
                caption,
                "Matrix; rows: " + content.rowAxis() + ", columns: " + content.columnAxis() + ". 0: "
                        + content.nothing() + "; 1: " + content.full() + ".",
                (int) Math.ceil(Math.max(Heatmap.WIDTH, matrix.left + matrix.n * matrix.cell + 8)),
                (int) Math.ceil(matrix.barTop() + 28),
                matrix::paint);
    }

    private double bottom() {
        return TOP + n * row;
    }

    private double barTop() {
        return bottom() + feet + 26;
    }

    private void paint(Canvas canvas) {
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                cell(canvas, i, j, content.cells().get(i).get(j));
            }
            String name = Words.shorten(content.tasks().get(i), NAME_LIMIT);
            canvas.text(left - 6, TOP + (i + 0.5) * row + 4, name, LABEL.anchored(Anchor.END));
            double x = left + (i + 0.5) * cell;
            if (turned) {
                canvas.text(
                        x + 3.5, bottom() + 5, name, LABEL.anchored(Anchor.END).turned());
            } else {
                canvas.text(x, bottom() + 14, name, LABEL);
            }
        }
        canvas.text(12, (TOP + bottom()) / 2, content.rowAxis(), AXIS.turned());
        canvas.text(left + n * cell / 2, bottom() + feet + 11, content.columnAxis(), AXIS);
        bar(canvas);
    }

    private void cell(Canvas canvas, int i, int j, Cell cell) {
        double x = left + j * this.cell;
        double y = TOP + i * row;
        int fill = cell.value().map(OverlapMatrix::colour).orElse(0xffffff);
        canvas.rect(x, y, this.cell - 2, row - 2, fill, Optional.of(cell.tooltip()));
        int ink = cell.value().isEmpty() ? Picture.MUTED : Palette.luminance(fill) > 0.3 ? 0x000000 : 0xffffff;
        double middle = x + this.cell / 2 - 1;
        if (cell.value().isEmpty()) {
            frame(canvas, x, y);
            canvas.text(middle, y + row / 2 + 2.5, roomy ? cell.text() : Numbers.DASH, SMALL);
            return;
        }
        boolean two = roomy && !cell.beneath().isEmpty();
        canvas.text(middle, y + row / 2 + (two ? -2 : 3), cell.text(), VALUE.coloured(ink));
        if (two) {
            canvas.text(middle, y + row / 2 + 12, cell.beneath(), SMALL.coloured(ink));
        }
    }

    private void frame(Canvas canvas, double x, double y) {
        double right = x + cell - 2;
        double foot = y + row - 2;
        canvas.line(x, y, right, y, Picture.RULE, 0.75);
        canvas.line(x, foot, right, foot, Picture.RULE, 0.75);
        canvas.line(x, y, x, foot, Picture.RULE, 0.75);
        canvas.line(right, y, right, foot, Picture.RULE, 0.75);
    }

    private void bar(Canvas canvas) {
        int slices = 40;
        double x = 30;
        double length = Heatmap.WIDTH - 60.0;
        for (int i = 0; i < slices; i++) {
            int rgb = colour((i + 0.5) / slices);
            canvas.rect(x + length * i / slices, barTop(), length / slices + 0.3, 8, rgb, Optional.empty());
        }
        canvas.text(x, barTop() + 21, "0: " + content.nothing(), SMALL.anchored(Anchor.START));
        canvas.text(x + length, barTop() + 21, "1: " + content.full(), SMALL.anchored(Anchor.END));
    }

    /** Pale at 0 and below, dark at 1 and above. */
    private static int colour(double value) {
        double share = Math.max(0, Math.min(1, value));
        return share < 0.02 ? PALE : Palette.VIRIDIS.at(0.95 - 0.8 * share);
    }
}
