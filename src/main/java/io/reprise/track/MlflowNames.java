package io.reprise.track;

import java.util.ArrayList;
import java.util.List;

/** What MLflow takes as names and values (its limits as of 2.17 and 3.17). */
final class MlflowNames {
    static final int KEY = 250;
    static final int PARAM_VALUE = 6000;
    /** Of the schema revision that the sqlite store starts from; servers take 8000. */
    static final int TAG_VALUE = 5000;

    private MlflowNames() {}

    /**
     * A key that MLflow takes: letters, digits, {@code _ - . space : /}, a clean relative path, 250 characters. Other characters are
     * spelt out ("rule +2" becomes "rule plus2"), so that different names stay different.
     */
    static String key(String name) {
        StringBuilder spelt = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || "_-. :/".indexOf(c) >= 0);
            spelt.append(plain ? String.valueOf(c) : spell(c));
        }
        List<String> parts = new ArrayList<>();
        for (String part : spelt.toString().split("/", -1)) {
            parts.add(part.isEmpty() || part.equals(".") || part.equals("..") ? "_" : part);
        }
        String key = String.join("/", parts);
        return key.length() <= KEY ? key : key.substring(0, KEY - 9) + "-" + String.format("%08x", key.hashCode());
    }

    static String paramValue(String value) {
        return cut(value, PARAM_VALUE);
    }

    static String tagValue(String value) {
        return cut(value, TAG_VALUE);
    }

    private static String spell(char c) {
        return switch (c) {
            case '+' -> "plus";
            case '×', '*' -> "times";
            case '%' -> "pct";
            case '→' -> "to";
            default -> String.format("u%04x", (int) c);
        };
    }

    private static String cut(String value, int length) {
        return value.length() <= length ? value : value.substring(0, length - 1) + "…";
    }
}
