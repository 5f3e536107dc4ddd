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
 * @param words what is written into and about the cells, if not their values
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
        List<List<Double>> values,
        Words words) {

    /**
     * Texts of a figure; each list is empty, or as long as the figure's rows and columns say.
     *
     * @param cells what is printed in each cell
     * @param tooltips what is said of each cell on demand
     * @param heads above each column
     */
    public record Words(List<List<String>> cells, List<List<String>> tooltips, List<String> heads) {
        public static final Words NONE = new Words(List.of(), List.of(), List.of());

        public Words {
            cells = cells.stream().map(List::copyOf).toList();
            tooltips = tooltips.stream().map(List::copyOf).toList();
            heads = List.copyOf(heads);
        }

        private boolean fits(int rows, int columns) {
            return fits(cells, rows, columns)
                    && fits(tooltips, rows, columns)
                    && (heads.isEmpty() || heads.size() == columns);
        }

        private static boolean fits(List<List<String>> texts, int rows, int columns) {
            return texts.isEmpty() || (texts.size() == rows && texts.stream().allMatch(row -> row.size() == columns));
        }
    }

    /** A figure whose cells show their values. */
    public Figure(
            String id,
            String title,
            String caption,
            String unit,
            String rowAxis,
            String columnAxis,
            List<String> rowLabels,
            List<String> columnLabels,
            List<List<Double>> values) {
        this(id, title, caption, unit, rowAxis, columnAxis, rowLabels, columnLabels, values, Words.NONE);
    }

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
        if (!words.fits(rowLabels.size(), columnLabels.size())) {
            throw new IllegalArgumentException("figure " + id + ": its words are not for " + rowLabels.size()
                    + " rows and " + columnLabels.size() + " columns");
        }
        values = Collections.unmodifiableList(rows);
    }
}
