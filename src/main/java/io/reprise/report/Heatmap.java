package io.reprise.report;

import io.reprise.report.Canvas.Anchor;
import io.reprise.report.Canvas.Lettering;
import io.reprise.run.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Draws a matrix: cells, tokens along both axes, a colour bar with its unit. Cells that are null or not finite are left blank.
 *
 * <p>Values of both signs are shown on cividis with zero in its middle; others on viridis. Small matrices have one rectangle per
 * cell, with its value as tooltip; above {@link #MAX_RECTANGLES} cells the matrix is one embedded image.
 */
final class Heatmap {
    static final int WIDTH = 390;
    static final int MAX_RECTANGLES = 1500;
    /** With words in the cells, which nothing can replace. */
    private static final int MAX_WORDS = 20_000;

    private static final int MAX_TOOLTIPS = 400;
    private static final double LABEL_SIZE = 10;
    private static final double LABEL_SPACE = 11.5;
    private static final int LABEL_LIMIT = 10;

    /** Few columns leave room for long names of rows. */
    private static final int FEW_COLUMNS = 6;

    private static final int LONG_LABEL_LIMIT = 24;
    private static final double MAX_CELL = 46;

    /** Room for a value to be printed into a cell. */
    private static final double VALUE_WIDTH = 30;

    private static final double WORD_WIDTH = 62;

    private static final double WORD_HEIGHT = 20;
    private static final int WORD_LIMIT = 9;

    private static final Lettering LABEL = new Lettering(LABEL_SIZE, Anchor.MIDDLE, Picture.INK, false);
    private static final Lettering AXIS = new Lettering(11, Anchor.MIDDLE, Picture.MUTED, false);

    private final Figure figure;
    private final List<String> rowLabels;
    private final List<String> columnLabels;
    private final ColourScale scale;
    private final int rows;
    private final int columns;
    private final double left;
    private final double top;
    private final boolean worded;
    private final int width;
    private final double cellWidth;
    private final double cellHeight;
    private final boolean turned;
    private final double columnLabelHeight;

    private Heatmap(Figure figure) {
        this.figure = figure;
        rows = figure.values().size();
        columns = figure.columnLabels().size();
        if (rows == 0 || columns == 0) {
            throw new IllegalArgumentException("figure " + figure.id() + " has " + rows + " rows and " + columns
                    + " columns; a heat map needs at least one cell");
        }
        scale = ColourScale.of(figure);
        worded = !figure.words().cells().isEmpty() && rows * columns <= MAX_WORDS;
        rowLabels = shown(
                figure.rowLabels(), columns <= FEW_COLUMNS ? LONG_LABEL_LIMIT : worded ? 2 * LABEL_LIMIT : LABEL_LIMIT);
        columnLabels = shown(figure.columnLabels(), LABEL_LIMIT);
        left = 24 + widest(rowLabels) + 6;
        top = figure.words().heads().isEmpty() || !worded ? 4 : 20;
        cellWidth = worded ? WORD_WIDTH : Math.min(MAX_CELL, (WIDTH - left - 8) / columns);
        cellHeight = worded ? WORD_HEIGHT : Math.min(cellWidth, Math.max(13, 420.0 / rows));
        width = worded ? (int) Math.ceil(Math.max(WIDTH, left + columns * cellWidth + 8)) : WIDTH;
        double widestColumn = widest(columnLabels);
        turned = widestColumn + 3 > cellWidth && widestColumn > widthOf("000");
        columnLabelHeight = turned ? widestColumn + 8 : 16;
    }

    static Picture draw(Figure figure) {
        Heatmap map = new Heatmap(figure);
        return Picture.drawn(
                figure.id(),
                figure.title(),
                figure.caption(),
                map.description(),
                map.width,
                (int) Math.ceil(map.barTop() + 30),
                map::paint);
    }

    private String description() {
        return "Heat map of " + rows + " by " + columns + " cells; rows: " + figure.rowAxis() + ", columns: "
                + figure.columnAxis() + "; values from " + Numbers.number(scale.smallest()) + " to "
                + Numbers.number(scale.largest()) + (figure.unit().isBlank() ? "" : " " + figure.unit()) + ". "
                + figure.caption();
    }

    private double bottom() {
        return top + rows * cellHeight;
    }

    private double right() {
        return left + columns * cellWidth;
    }

    private double barTop() {
        return bottom() + columnLabelHeight + 28;
    }

    private void paint(Canvas canvas) {
        if (rows * columns > MAX_RECTANGLES && !worded) {
            canvas.cells(left, top, columns * cellWidth, rows * cellHeight, levels(), scale.palette());
        } else {
            paintCells(canvas);
        }
        paintFrame(canvas);
        paintLabels(canvas);
        paintBar(canvas);
    }

    private void paintCells(Canvas canvas) {
        boolean printed = worded || (cellWidth >= VALUE_WIDTH && cellHeight >= 16);
        // Neighbours overlap by a hair, or anti-aliasing would show white seams.
        double gap = printed ? -1 : 0.3;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double value = value(row, column);
                if (!Double.isFinite(value)) {
                    continue;
                }
                int rgb = scale.rgb(value);
                double x = left + column * cellWidth;
                double y = top + row * cellHeight;
                canvas.rect(x, y, cellWidth + gap, cellHeight + gap, rgb, tooltip(row, column, value));
                if (printed) {
                    int ink = Palette.luminance(rgb) > 0.3 ? 0x000000 : 0xffffff;
                    String text = worded
                            ? Words.shorten(figure.words().cells().get(row).get(column), WORD_LIMIT)
                            : scale.print(value);
                    canvas.text(x + cellWidth / 2, y + cellHeight / 2 + 3.5, text, LABEL.coloured(ink));
                }
            }
        }
    }

    private Optional<String> tooltip(int row, int column, double value) {
        if (worded && !figure.words().tooltips().isEmpty()) {
            return Optional.of(figure.words().tooltips().get(row).get(column));
        }
        if (rows * columns > MAX_TOOLTIPS) {
            return Optional.empty();
        }
        return Optional.of(Words.token(figure.rowLabels().get(row)) + " × "
                + Words.token(figure.columnLabels().get(column)) + ": " + Numbers.number(value));
    }

    private int[][] levels() {
        int[][] levels = new int[rows][columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double value = value(row, column);
                levels[row][column] = Double.isFinite(value) ? Palette.levelOf(scale.share(value)) : -1;
            }
        }
        return levels;
    }

    private double value(int row, int column) {
        Double value = figure.values().get(row).get(column);
        return value == null ? Double.NaN : value;
    }

    private void paintFrame(Canvas canvas) {
        canvas.line(left, top, right(), top, Picture.RULE, 0.75);
        canvas.line(left, bottom(), right(), bottom(), Picture.RULE, 0.75);
        canvas.line(left, top, left, bottom(), Picture.RULE, 0.75);
        canvas.line(right(), top, right(), bottom(), Picture.RULE, 0.75);
    }

    private void paintLabels(Canvas canvas) {
        int rowStep = step(LABEL_SPACE, cellHeight);
        for (int row = 0; row < rows; row += rowStep) {
            double y = top + (row + 0.5) * cellHeight;
            canvas.line(left - 3, y, left, y, Picture.MUTED, 0.75);
            canvas.text(left - 5, y + 3.5, rowLabels.get(row), LABEL.anchored(Anchor.END));
        }
        int columnStep = step(turned ? LABEL_SPACE : widest(columnLabels) + 5, cellWidth);
        for (int column = 0; column < columns; column += columnStep) {
            double x = left + (column + 0.5) * cellWidth;
            canvas.line(x, bottom(), x, bottom() + 3, Picture.MUTED, 0.75);
            if (turned) {
                canvas.text(
                        x + 3.5,
                        bottom() + 6,
                        columnLabels.get(column),
                        LABEL.anchored(Anchor.END).turned());
            } else {
                canvas.text(x, bottom() + 13, columnLabels.get(column), LABEL);
            }
        }
        for (int column = 0; worded && column < figure.words().heads().size(); column++) {
            String head = Words.shorten(figure.words().heads().get(column), LABEL_LIMIT);
            canvas.text(left + (column + 0.5) * cellWidth, top - 6, head, LABEL);
        }
        canvas.text(11, (top + bottom()) / 2, figure.rowAxis(), AXIS.turned());
        canvas.text((left + right()) / 2, bottom() + columnLabelHeight + 13, figure.columnAxis(), AXIS);
    }

    private void paintBar(Canvas canvas) {
        int slices = 64;
        double length = Math.max(90, Math.min(180, width - left - widthOf(figure.unit()) * 1.1 - 16));
        for (int i = 0; i < slices; i++) {
            double x = left + length * i / slices;
            int rgb = scale.palette().at((i + 0.5) / slices);
            canvas.rect(x, barTop(), length / slices + 0.3, 9, rgb, Optional.empty());
        }
        double y = barTop() + 21;
        canvas.text(left, y, Numbers.number(scale.low()), LABEL.anchored(Anchor.START));
        canvas.text(left + length / 2, y, Numbers.number((scale.low() + scale.high()) / 2), LABEL);
        canvas.text(left + length, y, Numbers.number(scale.high()), LABEL.anchored(Anchor.END));
        canvas.text(left + length + 8, barTop() + 8.5, figure.unit(), AXIS.anchored(Anchor.START));
    }

    /** Every how many cells a label is shown: the smallest round step that leaves each label its space. */
    static int step(double space, double cell) {
        for (int step : new int[] {1, 2, 4, 5, 8, 10, 16, 20, 25, 32, 50}) {
            if (step * cell >= space) {
                return step;
            }
        }
        return (int) Math.ceil(space / cell);
    }

    private static List<String> shown(List<String> labels, int limit) {
        List<String> shown = new ArrayList<>();
        labels.forEach(label -> shown.add(Words.shorten(Words.token(label), limit)));
        return shown;
    }

    private static double widest(List<String> labels) {
        return labels.stream().mapToDouble(Heatmap::widthOf).max().orElse(0);
    }

    /** Estimated without fonts: 0.62 em a character is a wide sans's average for lower case and digits. */
    private static double widthOf(String label) {
        return 0.62 * LABEL_SIZE * label.codePointCount(0, label.length());
    }
}
