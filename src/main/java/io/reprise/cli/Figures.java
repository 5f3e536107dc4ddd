package io.reprise.cli;

import java.util.Locale;

/** Numbers as people read them. */
final class Figures {
    private Figures() {}

    /** 1,560. */
    static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /** 99.95%; 100% and 0% only if it is exactly that. */
    static String percent(double share) {
        if (share == 0 || share == 1) {
            return share == 1 ? "100%" : "0%";
        }
        var text = String.format(Locale.ROOT, "%.2f", share * 100);
        if (text.equals("100.00")) {
            return ">99.99%";
        }
        return text.equals("0.00") ? "<0.01%" : text + "%";
    }

    /** 6%, for what is said in passing; never rounds to all or nothing. */
    static String roughly(double share) {
        long rounded = Math.round(share * 100);
        if (share > 0 && rounded == 0) {
            return "<1%";
        }
        return share < 1 && rounded == 100 ? ">99%" : rounded + "%";
    }

    /** 0.0121. */
    static String loss(double loss) {
        return String.format(Locale.ROOT, loss != 0 && Math.abs(loss) < 1e-3 ? "%.1e" : "%.4f", loss);
    }

    /** 412k. */
    static String rate(double perSecond) {
        if (perSecond >= 1e6) {
            return String.format(Locale.ROOT, "%.1fM", perSecond / 1e6);
        }
        return perSecond >= 1e4
                ? String.format(Locale.ROOT, "%.0fk", perSecond / 1e3)
                : String.format(Locale.ROOT, "%.0f", perSecond);
    }

    /** 2 s, 3 min, 1 h 20 min. */
    static String duration(double seconds) {
        long s = Math.max(0, (long) Math.ceil(seconds));
        if (s < 100) {
            return s + " s";
        }
        long minutes = (s + 59) / 60;
        return minutes < 100 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
    }
}
