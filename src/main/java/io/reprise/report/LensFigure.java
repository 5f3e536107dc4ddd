package io.reprise.report;

import io.reprise.analysis.lens.Cell;
import io.reprise.analysis.lens.Trajectory;
import io.reprise.run.Figure;
import java.util.ArrayList;
import java.util.List;

/** A trajectory as a figure: input tokens below, the text's next tokens above, rows by depth. */
public final class LensFigure {
    private LensFigure() {}

    /** @param id file-name-safe */
    public static Figure of(LensView view, Trajectory trajectory, String id, String title, String caption) {
        List<String> rowLabels = new ArrayList<>();
        List<List<Double>> values = new ArrayList<>();
        List<List<String>> texts = new ArrayList<>();
        List<List<String>> tooltips = new ArrayList<>();
        List<String> columns = new ArrayList<>();
        List<String> heads = new ArrayList<>();
        int[] tokens = trajectory.tokens();
        for (int position = trajectory.from(); position < trajectory.to(); position++) {
            columns.add(view.rawToken(tokens[position]));
            heads.add(view.head(trajectory, position));
        }
        for (LensView.Line line : view.lines(trajectory)) {
            rowLabels.add(line.name());
            List<Double> rowValues = new ArrayList<>();
            List<String> rowTexts = new ArrayList<>();
            List<String> rowTooltips = new ArrayList<>();
            for (int position = trajectory.from(); position < trajectory.to(); position++) {
                Cell cell = trajectory.cell(line.index(), position);
                rowValues.add(view.shown(cell));
                rowTexts.add(view.text(cell));
                rowTooltips.add(view.details(trajectory, line.index(), position));
            }
            values.add(rowValues);
            texts.add(rowTexts);
            tooltips.add(rowTooltips);
        }
        return new Figure(
                id,
                title,
                caption,
                view.unit(),
                "depth",
                "token read",
                rowLabels,
                columns,
                values,
                new Figure.Words(texts, tooltips, heads));
    }
}
