package io.reprise.report;

import static io.reprise.report.Numbers.coordinate;

import io.reprise.report.Canvas.Anchor;
import io.reprise.report.Canvas.Lettering;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.function.Consumer;
import org.jfree.chart.JFreeChart;
import org.jfree.svg.SVGGraphics2D;

/**
 * One picture of a report, in three forms: inline SVG for the page, a standalone SVG file and a PNG file.
 *
 * <p>Only JFreeChart's charts need fonts on this machine (for measuring); drawings of ours don't, unless a PNG is asked for.
 */
final class Picture {
    static final int INK = 0x1c2430;
    static final int MUTED = 0x5b6675;
    static final int RULE = 0xd5dae1;

    /** The page's own stack, so that pictures and text are set alike. */
    static final String FONTS =
            "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', sans-serif";

    private static final int TITLE_HEIGHT = 34;

    private final String id;
    private final String title;
    private final String caption;
    private final String description;
    private final int width;
    private final int height;
    private final Form form;

    /** The two ways in which a picture can be drawn. */
    private interface Form {
        String svg();

        void paint(Graphics2D graphics);
    }

    private Picture(String id, String title, String caption, String description, int width, int height, Form form) {
        this.id = Words.slug(id);
        this.title = title;
        this.caption = caption;
        this.description = description;
        this.width = width;
        this.height = height;
        this.form = form;
    }

    /**
     * @param caption what to see, printed under the picture
     * @param description what is drawn, for readers who cannot see it
     */
    static Picture drawn(
            String id,
            String title,
            String caption,
            String description,
            int width,
            int height,
            Consumer<Canvas> drawing) {
        return new Picture(id, title, caption, description, width, height, new Form() {
            @Override
            public String svg() {
                SvgCanvas canvas = new SvgCanvas();
                drawing.accept(canvas);
                return "<g font-family=\"" + FONTS + "\">" + canvas.content() + "</g>";
            }

            @Override
            public void paint(Graphics2D graphics) {
                drawing.accept(new AwtCanvas(graphics));
            }
        });
    }

    static Picture charted(
            String id, String title, String caption, String description, int width, int height, JFreeChart chart) {
        Rectangle2D area = new Rectangle2D.Double(0, 0, width, height);
        String prefix = "c-" + Words.slug(id) + "-";
        return new Picture(id, title, caption, description, width, height, new Form() {
            @Override
            public String svg() {
                SVGGraphics2D graphics = new SVGGraphics2D(width, height);
                // Its default prefix is the clock; ours keeps ids apart in one page and the bytes repeatable.
                graphics.setDefsKeyPrefix(prefix);
                graphics.setFontFunction(family -> "inherit");
                graphics.setGeomDoubleConverter(Numbers::coordinate);
                graphics.setTransformDoubleConverter(Numbers::coordinate);
                chart.draw(graphics, area);
                return "<g font-family=\"" + FONTS + "\">" + bodyOf(graphics.getSVGElement()) + "</g>";
            }

            @Override
            public void paint(Graphics2D graphics) {
                chart.draw(graphics, area);
            }
        });
    }

    /** Children of the svg element, with texts at their natural width (JFreeSVG stretches them to this machine's fonts). */
    private static String bodyOf(String svg) {
        int from = svg.indexOf('>', svg.indexOf("<svg")) + 1;
        return svg.substring(from, svg.lastIndexOf("</svg>"))
                .replaceAll(" (textLength|lengthAdjust)=\"[^\"]*\"", "")
                .replaceAll("text-rendering: [a-zA-Z]+;? ?|font-family: inherit; ", "");
    }

    String id() {
        return id;
    }

    String title() {
        return title;
    }

    String caption() {
        return caption;
    }

    int width() {
        return width;
    }

    /** An svg element for the page: scales down with the column, never up. */
    String inline() {
        return "<svg class=\"picture\" role=\"img\" aria-label=\"" + Html.escape(title + ". " + description)
                + "\" viewBox=\"0 0 " + width + " " + height + "\" style=\"max-width:" + width + "px\">"
                + form.svg() + "</svg>";
    }

    /** A file of its own, with its title on top. */
    String standalone() {
        int total = height + TITLE_HEIGHT;
        SvgCanvas heading = new SvgCanvas();
        drawTitle(heading);
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\""
                + Html.escape(title + ". " + description) + "\" width=\"" + width + "\" height=\"" + total
                + "\" viewBox=\"0 0 " + width + " " + total + "\"><title>" + Html.escape(title) + "</title><desc>"
                + Html.escape(caption) + "</desc><rect width=\"" + width + "\" height=\"" + total
                + "\" fill=\"#ffffff\"/><g font-family=\"" + FONTS + "\">" + heading.content()
                + "</g><g transform=\"translate(0 " + coordinate(TITLE_HEIGHT) + ")\">" + form.svg() + "</g></svg>\n";
    }

    /** PNG at twice the size, with its title on top. */
    byte[] png() {
        return Png.of(width, height + TITLE_HEIGHT, graphics -> {
            drawTitle(new AwtCanvas(graphics));
            graphics.translate(0, TITLE_HEIGHT);
            form.paint(graphics);
        });
    }

    private void drawTitle(Canvas canvas) {
        canvas.text(8, 22, Words.shorten(title, width / 7), new Lettering(14, Anchor.START, INK, false));
    }
}
