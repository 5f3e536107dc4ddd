package io.reprise.report;

/** Tokens and names as they are shown to people. */
final class Words {
    private Words() {}

    /** A token made visible: a leading space as ␣, line ends and controls in Java's notation. */
    static String token(String token) {
        if (token.isEmpty()) {
            return "(empty)";
        }
        StringBuilder shown = new StringBuilder();
        token.codePoints().forEach(c -> {
            switch (c) {
                case ' ' -> shown.append('␣');
                case '\n' -> shown.append("\\n");
                case '\r' -> shown.append("\\r");
                case '\t' -> shown.append("\\t");
                default -> {
                    if (Character.isISOControl(c)) {
                        shown.append(String.format("\\u%04x", c));
                    } else {
                        shown.appendCodePoint(c);
                    }
                }
            }
        });
        return shown.toString();
    }

    /** At most {@code limit} characters, the last one … if any were dropped. */
    static String shorten(String text, int limit) {
        int length = text.codePointCount(0, text.length());
        return length <= limit ? text : text.substring(0, text.offsetByCodePoints(0, limit - 1)) + "…";
    }

    /** held_out → held out. */
    static String spaced(String name) {
        return name.replace('_', ' ');
    }

    /** Upper case for the first letter only. */
    static String sentence(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** A name that is safe as a file name and as an id. */
    static String slug(String name) {
        String safe = name.replaceAll("[^A-Za-z0-9._-]+", "-");
        return safe.isEmpty() || safe.startsWith(".") ? "x" + safe : safe;
    }

    static String plural(long count, String noun) {
        return Numbers.count(count) + " " + noun + (count == 1 ? "" : "s");
    }
}
