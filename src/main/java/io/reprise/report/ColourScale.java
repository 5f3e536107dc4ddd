package io.reprise.report;

import io.reprise.run.Figure;
import java.util.DoubleSummaryStatistics;
import java.util.Locale;
import java.util.Objects;

/**
 * From a matrix's values to colours.
 *
 * @param low value at the palette's start
 * @param high value at its end
 * @param smallest smallest value present
 * @param largest largest value present
 */
record ColourScale(Palette palette, double low, double high, double smallest, double largest) {
    /** Shares fill 0..1, values of both signs a range symmetrical about zero, others their own range. */
    static ColourScale of(Figure figure) {
        DoubleSummaryStatistics range = figure.values().stream()
                .flatMap(row -> row.stream().filter(Objects::nonNull))
                .mapToDouble(Double::doubleValue)
                .filter(Double::isFinite)
                .summaryStatistics();
        if (range.getCount() == 0) {
            return new ColourScale(Palette.VIRIDIS, 0, 1, Double.NaN, Double.NaN);
        }
        return of(range.getMin(), range.getMax(), figure.unit());
    }

    /** The scale of values from {@code min} to {@code max}. */
    static ColourScale of(double min, double max, String unit) {
        if (min < 0 && max > 0) {
            double reach = Math.max(-min, max);
            return new ColourScale(Palette.CIVIDIS, -reach, reach, min, max);
        }
        if (min >= 0 && max <= 1 && isShare(unit)) {
            return new ColourScale(Palette.VIRIDIS, 0, 1, min, max);
        }
        return new ColourScale(Palette.VIRIDIS, min, max > min ? max : min + 1, min, max);
    }

    private static boolean isShare(String unit) {
        String lower = unit.toLowerCase(Locale.ROOT);
        return lower.contains("prob")
                || lower.contains("attention")
                || lower.contains("share")
                || lower.contains("accuracy")
                || lower.contains("weight");
    }

    double share(double value) {
        return (value - low) / (high - low);
    }

    int rgb(double value) {
        return palette.at(share(value));
    }

    /** A value as printed in a cell: at most five characters for everyday ranges. */
    String print(double value) {
        double reach = Math.max(Math.abs(low), Math.abs(high));
        if (reach >= 1e4 || reach < 0.01) {
            return String.format(Locale.ROOT, "%.0e", value);
        }
        return String.format(Locale.ROOT, reach >= 100 ? "%.0f" : reach >= 10 ? "%.1f" : "%.2f", value);
    }
}
