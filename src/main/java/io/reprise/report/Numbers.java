package io.reprise.report;

import java.util.Locale;

/** Numbers for people. What is absent or not finite is a dash, never a zero. */
final class Numbers {
    static final String DASH = "–";

    private Numbers() {}

    /** A share as a percentage: 0.9995 → 99.95%. Only an exact 1 reads 100%, only an exact 0 reads 0%. */
    static String percent(double share) {
        if (!Double.isFinite(share)) {
            return DASH;
        }
        double percent = share * 100;
        if (share == 0 || share == 1) {
            return (int) percent + "%";
        }
        if (percent > 99.995 && percent < 100) {
            return "> 99.99%";
        }
        if (percent > 0 && percent < 0.005) {
            return "< 0.01%";
        }
        int decimals = percent > 99 || percent < 1 ? 2 : 1;
        return String.format(Locale.ROOT, "%." + decimals + "f%%", percent);
    }

    /** Up to four significant digits; very large and very small values in scientific form. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return DASH;
        }
        double size = Math.abs(value);
        if (value == Math.rint(value) && size < 1e9) {
            return count((long) value);
        }
        if (size < 1e-4 || size >= 1e6) {
            return exponent(String.format(Locale.ROOT, "%.2e", value));
        }
        int whole = Math.max(0, (int) Math.floor(Math.log10(size)) + 1);
        int leadingZeros = size < 1 ? (int) Math.floor(-Math.log10(size)) : 0;
        int decimals = size < 1 ? Math.min(6, 4 + leadingZeros) : Math.max(1, 4 - whole);
        return trimZeros(String.format(Locale.ROOT, "%." + decimals + "f", value));
    }

    /** Three decimals, as in comparison tables, where digits must line up; scientific where these would say nothing. */
    static String fixed(double value) {
        if (!Double.isFinite(value)) {
            return DASH;
        }
        double size = Math.abs(value);
        if ((size != 0 && size < 0.0005) || size >= 1e6) {
            return exponent(String.format(Locale.ROOT, "%.1e", value));
        }
        return String.format(Locale.ROOT, size >= 1000 ? "%,.1f" : "%.3f", value);
    }

    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    static String seconds(double seconds) {
        if (!Double.isFinite(seconds)) {
            return DASH;
        }
        if (seconds < 1) {
            return String.format(Locale.ROOT, "%.0f ms", seconds * 1000);
        }
        if (seconds < 120) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 7200
                ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole / 60 % 60);
    }

    /** A coordinate in a picture: two decimals at most, so that files stay small. */
    static String coordinate(double value) {
        long hundredths = Math.round(value * 100);
        String sign = hundredths < 0 ? "-" : "";
        long size = Math.abs(hundredths);
        long rest = size % 100;
        if (rest == 0) {
            return sign + size / 100;
        }
        return sign + size / 100 + (rest % 10 == 0 ? "." + rest / 10 : rest < 10 ? ".0" + rest : "." + rest);
    }

    private static String trimZeros(String decimal) {
        int end = decimal.length();
        while (decimal.indexOf('.') >= 0 && decimal.charAt(end - 1) == '0') {
            end--;
        }
        return decimal.substring(0, decimal.charAt(end - 1) == '.' ? end - 1 : end);
    }

    private static String exponent(String scientific) {
        int e = scientific.indexOf('e');
        String mantissa = scientific.substring(0, e);
        return (mantissa.indexOf('.') >= 0 ? trimZeros(mantissa) : mantissa)
                + "e"
                + Integer.parseInt(scientific.substring(e + 1));
    }
}
