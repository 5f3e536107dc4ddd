package io.reprise.report;

import static io.reprise.report.Numbers.coordinate;

import io.reprise.run.Score;

/** A small picture for a table row: an accuracy with its 95% interval, the ceiling and the baselines, from 0% to 100%. */
final class IntervalBar {
    static final String KEY = "● model, bar = 95% interval · │ Bayes ceiling · ◇ bigram · △ trigram · scale 0–100%";

    private static final double WIDTH = 220;
    private static final double INSET = 7;

    private IntervalBar() {}

    static String of(Score score) {
        return of(
                description(score),
                score.accuracy(),
                score.low(),
                score.high(),
                score.ceiling(),
                score.bigram(),
                score.trigram());
    }

    /**
     * Any share beside others; what is not finite is left out.
     *
     * @param words for those who cannot see it
     * @param bound upright line
     * @param first diamond
     * @param second triangle
     */
    static String of(String words, double share, double low, double high, double bound, double first, double second) {
        StringBuilder svg =
                new StringBuilder("<svg class=\"interval\" role=\"img\" viewBox=\"0 0 220 18\" aria-label=\"");
        svg.append(Html.escape(words)).append("\">");
        svg.append("<path d=\"M").append(x(0)).append(" 9H").append(x(1));
        svg.append("M")
                .append(x(0))
                .append(" 6v6M")
                .append(x(0.5))
                .append(" 7v4M")
                .append(x(1));
        svg.append(" 6v6\" stroke=\"#cfd5dc\" fill=\"none\"/>");
        if (Double.isFinite(low) && Double.isFinite(high)) {
            double from = place(low);
            double width = Math.max(1, place(high) - from);
            svg.append("<rect x=\"").append(coordinate(from)).append("\" y=\"6\" width=\"");
            svg.append(coordinate(width)).append("\" height=\"6\" rx=\"2\" fill=\"#9aa9c9\"/>");
        }
        if (Double.isFinite(bound)) {
            svg.append("<path d=\"M").append(x(bound)).append(" 1v16\" stroke=\"#1c2430\" stroke-width=\"1.6\"/>");
        }
        if (Double.isFinite(first)) {
            svg.append("<path d=\"M").append(x(first));
            svg.append(" 4.5l4.5 4.5l-4.5 4.5l-4.5 -4.5z\" fill=\"#ffffff\" stroke=\"#31688e\" stroke-width=\"1.4\"/>");
        }
        if (Double.isFinite(second)) {
            svg.append("<path d=\"M").append(x(second));
            svg.append(" 4.5l4.5 8h-9z\" fill=\"#ffffff\" stroke=\"#6f6a52\" stroke-width=\"1.4\"/>");
        }
        if (Double.isFinite(share)) {
            svg.append("<circle cx=\"").append(x(share)).append("\" cy=\"9\" r=\"4\" fill=\"#440154\"/>");
        }
        return svg.append("</svg>").toString();
    }

    private static String description(Score score) {
        return "Accuracy " + Numbers.percent(score.accuracy()) + ", 95% interval " + interval(score) + ", ceiling "
                + Numbers.percent(score.ceiling()) + ", bigram " + Numbers.percent(score.bigram()) + ", trigram "
                + Numbers.percent(score.trigram());
    }

    static String interval(Score score) {
        return Double.isFinite(score.low()) && Double.isFinite(score.high())
                ? Numbers.percent(score.low()) + " to " + Numbers.percent(score.high())
                : Numbers.DASH;
    }

    private static String x(double share) {
        return coordinate(place(share));
    }

    private static double place(double share) {
        return INSET + (WIDTH - 2 * INSET) * Math.max(0, Math.min(1, share));
    }
}
