package io.reprise.cli;

/** Texts in columns of a terminal, where some characters take two and some none. */
final class Cells {
    private static final int[] CUBE = {0, 95, 135, 175, 215, 255};

    private Cells() {}

    /** Columns that a text takes. */
    static int width(String text) {
        return text.codePoints().map(Cells::width).sum();
    }

    private static int width(int c) {
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        // East Asian Wide and emoji, in blocks: UAX 11
        boolean wide = (c >= 0x1100 && c <= 0x115F)
                || (c >= 0x2E80 && c <= 0xA4CF)
                || (c >= 0xAC00 && c <= 0xD7A3)
                || (c >= 0xF900 && c <= 0xFAFF)
                || (c >= 0xFE30 && c <= 0xFE6F)
                || (c >= 0xFF00 && c <= 0xFF60)
                || (c >= 0x1F300 && c <= 0x1FAFF)
                || (c >= 0x20000 && c <= 0x3FFFD);
        return wide ? 2 : 1;
    }

    /** Exactly {@code width} columns: cut with … or filled with blanks. */
    static String fit(String text, int width) {
        var fitted = new StringBuilder();
        int used = 0;
        boolean cut = width(text) > width;
        for (int c : text.codePoints().toArray()) {
            if (used + width(c) > (cut ? width - 1 : width)) {
                break;
            }
            fitted.appendCodePoint(c);
            used += width(c);
        }
        if (cut) {
            fitted.append('…');
            used++;
        }
        return fitted.append(" ".repeat(Math.max(0, width - used))).toString();
    }

    /** The nearest of the 216 colours in the cube of the 256 that terminals have. */
    static int ansi(int rgb) {
        return 16 + 36 * level(rgb >> 16) + 6 * level(rgb >> 8 & 255) + level(rgb & 255);
    }

    private static int level(int value) {
        int best = 0;
        for (int i = 1; i < CUBE.length; i++) {
            if (Math.abs(CUBE[i] - value) < Math.abs(CUBE[best] - value)) {
                best = i;
            }
        }
        return best;
    }
}
