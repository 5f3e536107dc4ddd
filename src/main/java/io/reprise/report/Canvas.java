package io.reprise.report;

import java.util.Optional;

/** Where a picture of ours is drawn: SVG for the page, Java2D for PNG. Coordinates are CSS pixels, y downwards. */
interface Canvas {
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    /** How a text is set; {@code upright} text reads from bottom to top. */
    record Lettering(double size, Anchor anchor, int rgb, boolean upright) {
        Lettering anchored(Anchor other) {
            return new Lettering(size, other, rgb, upright);
        }

        Lettering coloured(int other) {
            return new Lettering(size, anchor, other, upright);
        }

        Lettering turned() {
            return new Lettering(size, anchor, rgb, true);
        }
    }

    void rect(double x, double y, double width, double height, int rgb, Optional<String> tooltip);

    void line(double x1, double y1, double x2, double y2, int rgb, double width);

    void dot(double x, double y, double radius, int rgb, double opacity);

    /** The anchor point is on the baseline. */
    void text(double x, double y, String text, Lettering type);

    /** Many cells at once: levels[row][column] in 0..{@link Palette#LEVELS}-1; -1 is left blank. */
    void cells(double x, double y, double width, double height, int[][] levels, Palette palette);
}
