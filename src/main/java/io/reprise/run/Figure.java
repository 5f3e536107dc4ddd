package io.reprise.run;

import java.util.List;

/**
 * A picture's numbers; the report draws it.
 *
 * @param id file-name-safe, unique in a run
 * @param title what it is
 * @param caption what to see
 * @param unit unit of the values, for the colour bar
 * @param rowAxis name of the rows (query, source token …)
 * @param columnAxis name of the columns
 * @param rowLabels one per row
 * @param columnLabels one per column
 * @param values [row][column]; null cells are left blank (masked)
 */
public record Figure(
        String id,
        String title,
        String caption,
        String unit,
        String rowAxis,
        String columnAxis,
        List<String> rowLabels,
        List<String> columnLabels,
        List<List<Double>> values) {}
