package io.reprise.report;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.Optional;

/** Draws with Java2D, for PNG files. */
final class AwtCanvas implements Canvas {
    private final Graphics2D graphics;

    AwtCanvas(Graphics2D graphics) {
        this.graphics = graphics;
    }

    @Override
    public void rect(double x, double y, double width, double height, int rgb, Optional<String> tooltip) {
        graphics.setColor(new Color(rgb));
        // Anti-aliased edges of neighbouring cells would show as seams.
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_OFF);
        graphics.fill(new Rectangle2D.Double(x, y, width, height));
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, int rgb, double width) {
        graphics.setColor(new Color(rgb));
        graphics.setStroke(new BasicStroke((float) width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
        graphics.draw(new Line2D.Double(x1, y1, x2, y2));
    }

    @Override
    public void dot(double x, double y, double radius, int rgb, double opacity) {
        graphics.setComposite(AlphaComposite.SrcOver.derive((float) opacity));
        graphics.setColor(new Color(rgb));
        graphics.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
        graphics.setComposite(AlphaComposite.SrcOver);
    }

    @Override
    public void text(double x, double y, String text, Lettering type) {
        graphics.setColor(new Color(type.rgb()));
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 1).deriveFont((float) type.size()));
        double width = graphics.getFontMetrics().getStringBounds(text, graphics).getWidth();
        double shift =
                switch (type.anchor()) {
                    case START -> 0;
                    case MIDDLE -> -width / 2;
                    case END -> -width;
                };
        AffineTransform before = graphics.getTransform();
        graphics.translate(x, y);
        if (type.upright()) {
            graphics.rotate(-Math.PI / 2);
        }
        graphics.drawString(text, (float) shift, 0f);
        graphics.setTransform(before);
    }

    @Override
    public void cells(double x, double y, double width, double height, int[][] levels, Palette palette) {
        double cellHeight = height / levels.length;
        for (int row = 0; row < levels.length; row++) {
            double cellWidth = width / levels[row].length;
            for (int column = 0; column < levels[row].length; column++) {
                if (levels[row][column] >= 0) {
                    int rgb = palette.level(levels[row][column]);
                    rect(x + column * cellWidth, y + row * cellHeight, cellWidth, cellHeight, rgb, Optional.empty());
                }
            }
        }
    }
}
