package io.reprise.report;

import java.util.Locale;

/**
 * Colour maps whose lightness rises steadily, so that greyscale prints and colour-blind readers lose nothing: matplotlib's viridis
 * (16 evenly spaced entries of its table) and cividis (10 entries; Nuñez, Anderton and Renslow 2018), linear in between.
 */
enum Palette {
    VIRIDIS(
            0x440154, 0x481a6c, 0x472f7d, 0x414487, 0x39568c, 0x31688e, 0x2a788e, 0x23888e, 0x1f988b, 0x22a884,
            0x35b779, 0x54c568, 0x7ad151, 0xa5db36, 0xd2e21b, 0xfde725),
    CIVIDIS(0x00224e, 0x123570, 0x3b496c, 0x575d6d, 0x707173, 0x8a8678, 0xa59c74, 0xc3b369, 0xe1cc55, 0xfee838);

    /** Distinct colours in a matrix drawn as an image; one more would not fit a PNG palette beside "blank". */
    static final int LEVELS = 255;

    @SuppressWarnings("ImmutableEnumChecker") // never handed out, never written after construction
    private final int[] anchors;

    Palette(int... anchors) {
        this.anchors = anchors;
    }

    /** Colour as 0xRRGGBB at a share of the range; outside 0..1 the nearest end. */
    int at(double share) {
        double place = Math.max(0, Math.min(1, share)) * (anchors.length - 1);
        int i = Math.min(anchors.length - 2, (int) place);
        double t = place - i;
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int from = (anchors[i] >> shift) & 0xff;
            int to = (anchors[i + 1] >> shift) & 0xff;
            mixed |= (int) Math.round(from + t * (to - from)) << shift;
        }
        return mixed;
    }

    /** The nearest of the {@link #LEVELS} levels. */
    static int levelOf(double share) {
        return (int) Math.round(Math.max(0, Math.min(1, share)) * (LEVELS - 1));
    }

    int level(int level) {
        return at(level / (LEVELS - 1.0));
    }

    /** #rrggbb. */
    static String hex(int rgb) {
        return String.format(Locale.ROOT, "#%06x", rgb);
    }

    /** Relative luminance after WCAG 2, 0 (black) to 1 (white). */
    static double luminance(int rgb) {
        return 0.2126 * linear((rgb >> 16) & 0xff) + 0.7152 * linear((rgb >> 8) & 0xff) + 0.0722 * linear(rgb & 0xff);
    }

    private static double linear(int channel) {
        double c = channel / 255.0;
        return c <= 0.03928 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }
}
