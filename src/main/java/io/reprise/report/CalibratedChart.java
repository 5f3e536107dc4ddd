package io.reprise.report;

import io.reprise.report.Canvas.Anchor;
import io.reprise.report.Canvas.Lettering;
import io.reprise.stats.Estimate;
import io.reprise.stats.Interval;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Figures on the scale from their null (0) to their ceiling (1), a row each; what is not identifiable says so. */
final class CalibratedChart {
    private static final int WIDTH = 640;
    private static final double LEFT = 238;
    private static final double ROW = 28;
    private static final double TOP = 6;
    /** What lies outside is drawn at the edge. */
    private static final double LOW = -0.5;

    private static final double HIGH = 1.5;
    private static final int BAR = 0xcbb9d0;
    private static final int VALUE = 0x440154;
    private static final Lettering NAME = new Lettering(11.5, Anchor.END, Picture.INK, false);
    private static final Lettering TICK = new Lettering(10, Anchor.MIDDLE, Picture.INK, false);
    private static final Lettering AXIS = new Lettering(11, Anchor.MIDDLE, Picture.MUTED, false);
    private static final Lettering NOTE = new Lettering(10.5, Anchor.START, Picture.MUTED, false);

    private final Map<String, Estimate> rows;

    private CalibratedChart(Map<String, Estimate> rows) {
        this.rows = new LinkedHashMap<>(rows);
    }

    static Picture draw(String id, String title, String caption, Map<String, Estimate> rows) {
        String words = rows.entrySet().stream()
                .map(row -> row.getKey() + " " + words(row.getValue()))
                .collect(Collectors.joining("; "));
        return Picture.drawn(
                id,
                title,
                caption,
                "On a scale from the null at 0 to the ceiling at 1: " + words + ".",
                WIDTH,
                (int) (TOP + rows.size() * ROW + 36),
                new CalibratedChart(rows)::paint);
    }

    private static String words(Estimate estimate) {
        return estimate.value()
                .map(value -> String.format(Locale.ROOT, "%.2f", value)
                        + estimate.interval()
                                .map(i -> String.format(Locale.ROOT, " (%.2f to %.2f)", i.low(), i.high()))
                                .orElse(""))
                .orElse("not identifiable");
    }

    private void paint(Canvas canvas) {
        double bottom = TOP + rows.size() * ROW;
        for (double tick : List.of(-0.5, 0.0, 0.5, 1.0, 1.5)) {
            boolean end = tick == 0 || tick == 1;
            canvas.line(x(tick), TOP, x(tick), bottom, end ? 0x8a93a0 : 0xe6e9ed, end ? 1.4 : 1);
            canvas.text(x(tick), bottom + 14, String.format(Locale.ROOT, "%.1f", tick), TICK);
        }
        canvas.text(x(0), bottom + 28, "null", AXIS);
        canvas.text(x(1), bottom + 28, "ceiling", AXIS);
        double middle = TOP + ROW / 2;
        for (Map.Entry<String, Estimate> row : rows.entrySet()) {
            canvas.text(LEFT - 12, middle + 4, row.getKey(), NAME);
            row(canvas, row.getKey() + " " + words(row.getValue()), row.getValue(), middle);
            middle += ROW;
        }
    }

    private static void row(Canvas canvas, String tooltip, Estimate estimate, double middle) {
        if (estimate.value().isEmpty()) {
            canvas.text(x(0) + 8, middle + 4, "not identifiable", NOTE);
            return;
        }
        if (estimate.interval().isPresent()) {
            Interval interval = estimate.interval().get();
            double from = x(interval.low());
            canvas.rect(from, middle - 5, Math.max(2, x(interval.high()) - from), 10, BAR, Optional.of(tooltip));
        }
        double at = x(estimate.value().get());
        canvas.line(at, middle - 8, at, middle + 8, VALUE, 2.5);
    }

    private static double x(double value) {
        double within = Math.max(LOW, Math.min(HIGH, value));
        return LEFT + (WIDTH - 20 - LEFT) * (within - LOW) / (HIGH - LOW);
    }
}
