package io.reprise.run;

import java.util.ArrayList;
import java.util.Collections;
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
        List<List<Double>> values) {
    public Figure {
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new IllegalArgumentException(
                    "id = \"" + id + "\" becomes a file name: use letters, digits, dots, hyphens");
        }
        rowLabels = List.copyOf(rowLabels);
        columnLabels = List.copyOf(columnLabels);
        List<List<Double>> rows = new ArrayList<>();
        for (List<Double> row : values) {
            if (row.size() != columnLabels.size()) {
                throw new IllegalArgumentException("figure " + id + ": a row has " + row.size() + " values for "
                        + columnLabels.size() + " column labels");
            }
            rows.add(Collections.unmodifiableList(new ArrayList<>(row))); // List.copyOf takes no null
        }
        if (rows.size() != rowLabels.size()) {
            throw new IllegalArgumentException(
                    "figure " + id + ": " + rows.size() + " rows for " + rowLabels.size() + " row labels");
        }
        values = Collections.unmodifiableList(rows);
    }
}
