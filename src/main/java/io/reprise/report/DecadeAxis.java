package io.reprise.report;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.axis.TickType;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;

/**
 * A y axis for log10 of the data. JFreeChart's own LogAxis draws its labels as outlines instead of text and labels odd powers
 * such as 10^-2.5; this one labels decades, and 2 and 5 between them when few decades are shown.
 */
final class DecadeAxis extends NumberAxis {
    private static final long serialVersionUID = 1;

    DecadeAxis(String label) {
        super(label);
        setAutoRangeIncludesZero(false);
    }

    @Override
    public List<NumberTick> refreshTicks(Graphics2D graphics, AxisState state, Rectangle2D area, RectangleEdge edge) {
        List<NumberTick> ticks = new ArrayList<>();
        double low = getRange().getLowerBound();
        double high = getRange().getUpperBound();
        for (int decade = (int) Math.floor(low); decade <= high; decade++) {
            for (int digit = 1; digit < 10; digit++) {
                double place = decade + Math.log10(digit);
                if (place >= low && place <= high) {
                    boolean labelled = digit == 1 || (high - low < 2.5 && (digit == 2 || digit == 5));
                    ticks.add(tick(place, labelled ? Numbers.number(digit * Math.pow(10, decade)) : ""));
                }
            }
        }
        return ticks;
    }

    private static NumberTick tick(double place, String label) {
        TickType type = label.isEmpty() ? TickType.MINOR : TickType.MAJOR;
        return new NumberTick(type, place, label, TextAnchor.CENTER_RIGHT, TextAnchor.CENTER_RIGHT, 0);
    }
}
