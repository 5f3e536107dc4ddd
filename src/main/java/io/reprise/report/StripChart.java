package io.reprise.report;

import io.reprise.report.Canvas.Anchor;
import io.reprise.report.Canvas.Lettering;
import io.reprise.report.ComparisonTable.Metric;
import io.reprise.report.ComparisonTable.Row;
import io.reprise.report.ComparisonTable.Summary;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Optional;

/** One row of dots per group, one dot per run, and a mark at the mean. */
final class StripChart {
    private static final int WIDTH = 390;
    private static final double ROW = 46;
    private static final double LEFT = 14;
    private static final double RIGHT = WIDTH - 14;
    private static final Lettering TICK = new Lettering(10, Anchor.MIDDLE, Picture.INK, false);
    private static final Lettering AXIS = new Lettering(11, Anchor.MIDDLE, Picture.MUTED, false);

    private final ComparisonTable table;
    private final Metric metric;
    private final double low;
    private final double high;
    private final double step;

    private StripChart(ComparisonTable table, Metric metric) {
        this.table = table;
        this.metric = metric;
        DoubleSummaryStatistics range = table.rows().stream()
                .flatMap(row -> row.of(metric.name()).stream())
                .mapToDouble(Double::doubleValue)
                .summaryStatistics();
        double span = range.getMax() - range.getMin();
        double reach = span > 0 ? span : Math.max(Math.abs(range.getMax()) * 0.1, 1e-9);
        double decade = Math.pow(10, Math.floor(Math.log10(reach / 4)));
        double rough = reach / 4 / decade;
        step = decade * (rough <= 1 ? 1 : rough <= 2 ? 2 : rough <= 5 ? 5 : 10);
        low = Math.floor(range.getMin() / step + 1e-9) * step;
        high = Math.max(low + step, Math.ceil(range.getMax() / step - 1e-9) * step);
    }

    /** A picture of one metric; there must be a value in at least one group. */
    static Picture draw(ComparisonTable table, Metric metric) {
        StripChart chart = new StripChart(table, metric);
        String caption = chart.caption();
        return Picture.drawn(
                "strip-" + Words.slug(metric.name().replace('/', '-')),
                metric.name(),
                caption,
                "Dot chart, one row per group, one dot per run. " + caption,
                WIDTH,
                (int) (ROW * table.rows().size()) + 44,
                chart::paint);
    }

    private String caption() {
        List<Row> measured = table.rows().stream()
                .filter(row -> !row.of(metric.name()).isEmpty())
                .toList();
        Row best = measured.get(0);
        for (Row row : measured) {
            double lead = row.summary(metric).mean() - best.summary(metric).mean();
            best = (metric.higherIsBetter() ? lead > 0 : lead < 0) ? row : best;
        }
        String dots = "A dot is a run, the bar the group's mean. ";
        return measured.size() == 1
                ? dots + "Mean " + Numbers.fixed(best.summary(metric).mean()) + "."
                : dots + (metric.higherIsBetter() ? "Highest" : "Lowest") + " mean: " + table.label(best) + " ("
                        + best.summary(metric).meanAndSd() + ").";
    }

    private void paint(Canvas canvas) {
        double bottom = ROW * table.rows().size() + 4;
        int ticks = (int) Math.round((high - low) / step);
        for (int i = 0; i <= ticks; i++) {
            double x = x(low + i * step);
            canvas.line(x, 4, x, bottom, 0xe6e9ed, 1);
            Anchor anchor = i == 0 ? Anchor.START : i == ticks ? Anchor.END : Anchor.MIDDLE;
            double shift = i == 0 ? -6 : i == ticks ? 6 : 0;
            // Rounded, or floating point noise such as 0.30000000000000004 would show.
            double value = Math.round((low + i * step) / step) * step;
            canvas.text(x + shift, bottom + 14, Numbers.number(value), TICK.anchored(anchor));
        }
        for (int i = 0; i < table.rows().size(); i++) {
            paintRow(canvas, table.rows().get(i), 4 + i * ROW);
        }
        canvas.text((LEFT + RIGHT) / 2, bottom + 31, metric.name(), AXIS);
    }

    private void paintRow(Canvas canvas, Row row, double top) {
        String label = Words.shorten(table.label(row), 60);
        canvas.text(LEFT - 6, top + 14, label, TICK.anchored(Anchor.START));
        double middle = top + 31;
        canvas.line(LEFT, middle, RIGHT, middle, Picture.RULE, 1);
        List<Double> values = row.of(metric.name());
        Summary summary = row.summary(metric);
        if (values.isEmpty()) {
            canvas.text(LEFT, middle - 4, Numbers.DASH, TICK.anchored(Anchor.START));
            return;
        }
        if (values.size() > 1) {
            canvas.rect(x(summary.mean()) - 1.5, middle - 10, 3, 20, 0x31688e, Optional.empty());
        }
        for (int i = 0; i < values.size(); i++) {
            // A fixed up-and-down pattern keeps equal values apart without randomness.
            double jitter = values.size() < 2 ? 0 : (i % 3 - 1) * 4.0;
            canvas.dot(x(values.get(i)), middle + jitter, 4, 0x440154, 0.65);
        }
    }

    private double x(double value) {
        return LEFT + (RIGHT - LEFT) * (value - low) / (high - low);
    }
}
