package io.reprise.report;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.axis.TickType;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;

/** An x axis whose ticks stand where they are told and say what they are told; labels that would touch are left out. */
final class PlaceAxis extends NumberAxis {
    private static final long serialVersionUID = 1;
    private static final double GAP = 6;

    private final TreeMap<Double, String> ticks;

    PlaceAxis(String label, Map<Double, String> ticks) {
        super(label);
        this.ticks = new TreeMap<>(ticks);
        setAutoRangeIncludesZero(false);
        double low = this.ticks.firstKey();
        double span = this.ticks.lastKey() - low;
        double margin = span == 0 ? 1 : 0.04 * span;
        setRange(low - margin, low + span + margin);
    }

    @Override
    public List<NumberTick> refreshTicks(Graphics2D graphics, AxisState state, Rectangle2D area, RectangleEdge edge) {
        List<NumberTick> drawn = new ArrayList<>();
        double free = Double.NEGATIVE_INFINITY;
        for (Map.Entry<Double, String> tick : ticks.entrySet()) {
            double x = valueToJava2D(tick.getKey(), area, edge);
            double half = graphics.getFontMetrics(getTickLabelFont()).stringWidth(tick.getValue()) / 2.0;
            boolean labelled = x - half >= free;
            if (labelled) {
                free = x + half + GAP;
            }
            drawn.add(new NumberTick(
                    labelled ? TickType.MAJOR : TickType.MINOR,
                    tick.getKey(),
                    labelled ? tick.getValue() : "",
                    TextAnchor.TOP_CENTER,
                    TextAnchor.CENTER,
                    0));
        }
        return Collections.unmodifiableList(drawn);
    }
}
