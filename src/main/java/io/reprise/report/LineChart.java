package io.reprise.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.text.TextUtils;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.Layer;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.Range;
import org.jfree.data.general.DatasetUtils;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;

/** Line charts by JFreeChart in the house style; lines differ in darkness and dashes, so that colour isn't needed. */
final class LineChart {
    static final int WIDTH = 390;
    static final int HEIGHT = 264;

    private static final Font TICK = new Font(Font.SANS_SERIF, Font.PLAIN, 10);
    private static final Font LABEL = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
    private static final Color INK = new Color(Picture.INK);
    private static final Color MUTED = new Color(Picture.MUTED);
    private static final BasicStroke CHOSEN =
            new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {2, 3}, 0);
    private static final Color GRID = new Color(0xe6e9ed);

    /** How a line looks. */
    enum Look {
        /** The light one, for what may be noisy. */
        BACKGROUND(0x35b779, 1.5f, 0, false),
        /** The dark one that matters most. */
        MAIN(0x440154, 2.25f, 0, false),
        SECOND(0x31688e, 1.75f, 6, false),
        THIRD(0x8a8678, 1.75f, 2, false),
        /** MAIN with a marker and its interval at each point. */
        MEASURED(0x440154, 1.75f, 0, true),
        /** SECOND with a marker and its interval at each point. */
        MEASURED_SECOND(0x31688e, 1.5f, 5, true),
        CEILING(0x1c2430, 1.25f, 9, false);

        private final Color colour;
        private final float width;
        private final float dash;
        private final boolean marked;

        Look(int rgb, float width, float dash, boolean marked) {
            this.colour = new Color(rgb);
            this.width = width;
            this.dash = dash;
            this.marked = marked;
        }

        private BasicStroke stroke() {
            return dash == 0
                    ? new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND)
                    : new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {dash, 3}, 0);
        }
    }

    /** The scale of the y axis. */
    enum Scale {
        LINEAR,
        LOG,
        /** 0% to 100%, whatever the values. */
        PERCENT
    }

    /**
     * A point with its interval.
     *
     * @param low lower end, equal to y if there is none
     * @param high upper end
     */
    record Mark(double x, double y, double low, double high) {
        static Mark of(double x, double y) {
            return new Mark(x, y, y, y);
        }

        private Mark log10() {
            return new Mark(x, Math.log10(y), Math.log10(low), Math.log10(high));
        }
    }

    record Line(String name, Look look, List<Mark> marks) {}

    /**
     * An x axis with ticks of our own.
     *
     * @param ticks what to print, by place
     * @param chosen places marked by a line from top to bottom
     */
    record Places(String label, Map<Double, String> ticks, List<Double> chosen) {}

    static {
        // Otherwise turned axis labels become outlines, which no reader can search, copy or hear.
        TextUtils.setUseDrawRotatedStringWorkaround(false);
    }

    private LineChart() {}

    /** Draws the lines given first on top of the others. */
    static JFreeChart of(List<Line> lines, String xLabel, String yLabel, Scale scale) {
        XYIntervalSeriesCollection data = data(lines, scale);
        return chart(lines, data, xAxis(xLabel, data), yLabel, scale);
    }

    /** The same, with places that are named. */
    static JFreeChart of(List<Line> lines, Places places, String yLabel, Scale scale) {
        JFreeChart chart =
                chart(lines, data(lines, scale), style(new PlaceAxis(places.label(), places.ticks())), yLabel, scale);
        for (double place : places.chosen()) {
            chart.getXYPlot().addDomainMarker(new ValueMarker(place, INK, CHOSEN), Layer.BACKGROUND);
        }
        return chart;
    }

    private static XYIntervalSeriesCollection data(List<Line> lines, Scale scale) {
        XYIntervalSeriesCollection data = new XYIntervalSeriesCollection();
        for (Line line : lines) {
            XYIntervalSeries series = new XYIntervalSeries(line.name());
            for (Mark mark : line.marks()) {
                Mark m = scale == Scale.LOG ? mark.log10() : mark;
                series.add(m.x(), m.x(), m.x(), m.y(), m.low(), m.high());
            }
            data.addSeries(series);
        }
        return data;
    }

    private static JFreeChart chart(
            List<Line> lines, XYIntervalSeriesCollection data, ValueAxis xAxis, String yLabel, Scale scale) {
        XYErrorRenderer renderer = new XYErrorRenderer();
        renderer.setDrawXError(false);
        renderer.setCapLength(0);
        renderer.setDrawSeriesLineAsPath(true);
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            renderer.setSeriesPaint(i, line.look().colour);
            renderer.setSeriesStroke(i, line.look().stroke());
            renderer.setSeriesLinesVisible(i, true);
            renderer.setSeriesShapesVisible(i, line.look().marked);
            renderer.setSeriesShape(i, new Ellipse2D.Double(-3, -3, 6, 6));
        }
        renderer.setDrawYError(lines.stream().anyMatch(line -> line.look().marked));
        renderer.setErrorStroke(new BasicStroke(1.5f));
        renderer.setDefaultLegendShape(new Line2D.Double(-9, 0, 9, 0));
        renderer.setLegendLine(new Line2D.Double(-11, 0, 11, 0));

        XYPlot plot = new XYPlot(data, xAxis, yAxis(yLabel, scale, data), renderer);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
        plot.setDomainGridlinesVisible(false);
        plot.setRangeGridlinePaint(GRID);
        plot.setRangeGridlineStroke(new BasicStroke(1f));
        plot.setAxisOffset(new RectangleInsets(2, 0, 0, 2));
        plot.setInsets(new RectangleInsets(2, 0, 0, 10));

        JFreeChart chart = new JFreeChart(null, LABEL, plot, false);
        chart.setBackgroundPaint(Color.WHITE);
        chart.setAntiAlias(true);
        chart.setPadding(new RectangleInsets(0, 2, 2, 2));
        if (lines.size() > 1) {
            chart.addLegend(legend(plot));
        }
        return chart;
    }

    private static LegendTitle legend(XYPlot plot) {
        LegendTitle legend = new LegendTitle(plot);
        legend.setItemFont(LABEL);
        legend.setItemPaint(INK);
        legend.setFrame(BlockBorder.NONE);
        legend.setBackgroundPaint(null);
        legend.setPosition(RectangleEdge.TOP);
        legend.setHorizontalAlignment(HorizontalAlignment.LEFT);
        legend.setMargin(0, 34, 4, 0);
        return legend;
    }

    private static ValueAxis xAxis(String label, XYIntervalSeriesCollection data) {
        NumberAxis axis = new NumberAxis(label);
        axis.setAutoRangeIncludesZero(false);
        double span = DatasetUtils.findDomainBounds(data, false).getLength();
        double step = span <= 12 ? 1 : Math.max(1, roundStep(span));
        axis.setTickUnit(new NumberTickUnit(step, format("#,##0")));
        axis.setLowerMargin(span <= 30 ? 0.04 : 0.005);
        axis.setUpperMargin(span <= 30 ? 0.04 : 0.015);
        return style(axis);
    }

    private static ValueAxis yAxis(String label, Scale scale, XYIntervalSeriesCollection data) {
        if (scale == Scale.LOG) {
            DecadeAxis axis = new DecadeAxis(label);
            axis.setMinorTickMarksVisible(true);
            return style(axis);
        }
        NumberAxis axis = new NumberAxis(label);
        if (scale == Scale.PERCENT) {
            // A little air, so that a line at 100% is not cut in half.
            axis.setRange(-0.02, 1.03);
            axis.setTickUnit(new NumberTickUnit(0.25, format("0%")));
        } else {
            axis.setAutoRangeIncludesZero(true);
            Range range = DatasetUtils.findRangeBounds(data, false);
            double reach = Math.max(range.getUpperBound(), 0) - Math.min(range.getLowerBound(), 0);
            axis.setTickUnit(new NumberTickUnit(roundStep(reach), new ShortNumbers()));
        }
        return style(axis);
    }

    /** 1, 2 or 5 times a power of ten that cuts a range into at most six steps. */
    private static double roundStep(double reach) {
        if (reach <= 0) {
            return 1;
        }
        double decade = Math.pow(10, Math.floor(Math.log10(reach / 6)));
        double steps = reach / 6 / decade;
        return decade * (steps <= 1 ? 1 : steps <= 2 ? 2 : steps <= 5 ? 5 : 10);
    }

    private static ValueAxis style(ValueAxis axis) {
        axis.setTickLabelFont(TICK);
        axis.setTickLabelPaint(INK);
        axis.setLabelFont(LABEL);
        axis.setLabelPaint(MUTED);
        axis.setAxisLinePaint(new Color(0xb5bcc6));
        axis.setTickMarkPaint(new Color(0xb5bcc6));
        return axis;
    }

    private static NumberFormat format(String pattern) {
        return new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT));
    }

    /** Our own number words on JFreeChart's axes. */
    private static final class ShortNumbers extends NumberFormat {
        private static final long serialVersionUID = 1;

        @Override
        public StringBuffer format(double number, StringBuffer buffer, FieldPosition position) {
            return buffer.append(Numbers.number(number));
        }

        @Override
        public StringBuffer format(long number, StringBuffer buffer, FieldPosition position) {
            return buffer.append(Numbers.number((double) number));
        }

        @Override
        public Number parse(String source, ParsePosition position) {
            throw new UnsupportedOperationException("axes only write numbers");
        }
    }

    /** Whether this machine can measure text, which JFreeChart needs. */
    static boolean available() {
        try {
            Rectangle2D box = TICK.getStringBounds("0", new java.awt.font.FontRenderContext(null, true, true));
            return box.getWidth() > 0;
        } catch (RuntimeException | LinkageError | InternalError e) {
            // A JDK without fontconfig or any font throws one of these, depending on its version.
            return false;
        }
    }
}
