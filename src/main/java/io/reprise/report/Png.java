package io.reprise.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** PNG bytes from Java2D drawings and from matrices of colours. */
final class Png {
    /** Pixels per CSS pixel: sharp on the usual dense screens. */
    static final int SCALE = 2;

    private Png() {}

    /** Draws on white at twice the size. */
    static byte[] of(int width, int height, Consumer<Graphics2D> drawing) {
        BufferedImage image = new BufferedImage(SCALE * width, SCALE * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
            graphics.scale(SCALE, SCALE);
            drawing.accept(graphics);
        } finally {
            graphics.dispose();
        }
        return encode(image);
    }

    /**
     * One square of pixels per cell, levels[row][column]; -1 is transparent. Cells are blown up here so that a viewer which
     * smooths images still shows cells.
     */
    static byte[] ofCells(int[][] levels, Palette palette) {
        int blank = Palette.LEVELS;
        int[] colours = new int[blank + 1];
        for (int level = 0; level < blank; level++) {
            colours[level] = 0xff000000 | palette.level(level);
        }
        IndexColorModel model = new IndexColorModel(8, blank + 1, colours, 0, true, blank, DataBuffer.TYPE_BYTE);
        int columns = levels[0].length;
        int zoom = Math.max(1, Math.min(4, 640 / Math.max(columns, levels.length)));
        BufferedImage image =
                new BufferedImage(columns * zoom, levels.length * zoom, BufferedImage.TYPE_BYTE_INDEXED, model);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int level = levels[y / zoom][x / zoom];
                image.getRaster().setSample(x, y, 0, level < 0 ? blank : level);
            }
        }
        return encode(image);
    }

    private static byte[] encode(BufferedImage image) {
        // ImageIO.write would make a cache file in a temporary directory; memory is enough here.
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            if (!ImageIO.write(image, "png", stream)) {
                throw new IllegalStateException("this Java has no PNG writer");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
