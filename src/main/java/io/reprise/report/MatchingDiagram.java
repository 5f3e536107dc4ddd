package io.reprise.report;

import io.reprise.analysis.overlap.between.BetweenResult;
import io.reprise.analysis.overlap.groups.GroupComparison.Part;
import io.reprise.report.Canvas.Anchor;
import io.reprise.report.Canvas.Lettering;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Two models' components side by side, the deepest on top, each box filled by its importance; a line joins what transport pairs, as
 * wide as the importance that it moves.
 */
final class MatchingDiagram {
    private static final int WIDTH = 470;
    private static final double BOX_WIDTH = 104;
    private static final double BOX_HEIGHT = 19;
    private static final double GAP = 5;
    private static final double TOP = 26;
    private static final double WIDEST = 9;
    /** Of large models the most important, and all that are matched. */
    private static final int MOST = 28;

    private static final int EMPTY = 0xf1f3f5;
    private static final int FLOW = 0x9aa9c9;
    private static final Lettering NAME = new Lettering(10, Anchor.MIDDLE, Picture.INK, false);
    private static final Lettering SIDE = new Lettering(11.5, Anchor.MIDDLE, Picture.INK, false);

    private final List<Part> left;
    private final List<Part> right;
    private final BetweenResult matching;
    private final String first;
    private final String second;
    private final double bottom;

    private MatchingDiagram(String first, List<Part> left, String second, List<Part> right, BetweenResult matching) {
        this.first = first;
        this.second = second;
        this.left = shown(left);
        this.right = shown(right);
        this.matching = matching;
        this.bottom = TOP + Math.max(this.left.size(), this.right.size()) * (BOX_HEIGHT + GAP);
    }

    static Picture draw(String first, List<Part> left, String second, List<Part> right, BetweenResult matching) {
        MatchingDiagram diagram = new MatchingDiagram(first, left, second, right, matching);
        List<String> pairs = new ArrayList<>();
        matching.flows()
                .forEach(flow -> pairs.add(
                        String.format(Locale.ROOT, "%s to %s %.0f%%", flow.a(), flow.b(), 100 * flow.mass())));
        String fewer = diagram.left.size() < left.size() || diagram.right.size() < right.size()
                ? " The " + MOST + " most important of each are drawn."
                : "";
        return Picture.drawn(
                "matching",
                "Which component is which",
                "Components from the first layer (bottom) to the last; the darker, the more its ablation costs; framed: in the"
                        + " circuit. Lines join what does alike, as wide as the importance they carry over: "
                        + Numbers.percent(matching.matchedMass()) + " of it in all." + fewer,
                "Matching of components: " + String.join(", ", pairs) + ".",
                WIDTH,
                (int) Math.ceil(diagram.bottom + 4),
                diagram::paint);
    }

    /** The deepest first. */
    private static List<Part> shown(List<Part> all) {
        return all.stream()
                .sorted(Comparator.comparingDouble((Part part) -> -Math.abs(part.importance())))
                .limit(MOST)
                .sorted(Comparator.comparingDouble((Part part) -> -part.depth()).thenComparing(Part::name))
                .toList();
    }

    private void paint(Canvas canvas) {
        Map<String, Double> from = places(left);
        Map<String, Double> to = places(right);
        double largest = matching.flows().stream()
                .mapToDouble(BetweenResult.Flow::mass)
                .max()
                .orElse(1);
        for (BetweenResult.Flow flow : matching.flows()) {
            Double y1 = from.get(flow.a());
            Double y2 = to.get(flow.b());
            if (y1 != null && y2 != null) {
                double width = Math.max(0.6, WIDEST * flow.mass() / largest);
                canvas.line(BOX_WIDTH + 2, y1, WIDTH - BOX_WIDTH - 2, y2, FLOW, width);
            }
        }
        column(canvas, first, left, 0);
        column(canvas, second, right, WIDTH - BOX_WIDTH);
    }

    private Map<String, Double> places(List<Part> parts) {
        Map<String, Double> places = new HashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            places.put(parts.get(i).name(), y(parts, i));
        }
        return places;
    }

    /** The shorter column stands in the middle. */
    private double y(List<Part> parts, int i) {
        double spare = bottom - TOP - parts.size() * (BOX_HEIGHT + GAP);
        return TOP + spare / 2 + i * (BOX_HEIGHT + GAP) + BOX_HEIGHT / 2;
    }

    private void column(Canvas canvas, String title, List<Part> parts, double x) {
        canvas.text(x + BOX_WIDTH / 2, 12, Words.shorten(title, 18), SIDE);
        double largest = parts.stream()
                .mapToDouble(part -> Math.abs(part.importance()))
                .max()
                .orElse(0);
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            double y = y(parts, i) - BOX_HEIGHT / 2;
            double share = largest == 0 ? 0 : Math.abs(part.importance()) / largest;
            int fill = share < 0.02 ? EMPTY : Palette.VIRIDIS.at(0.95 - 0.8 * share);
            String tooltip = String.format(
                    Locale.ROOT,
                    "%s: ablating it takes %s from the metric; %s",
                    part.name(),
                    Numbers.number(part.importance()),
                    part.member() ? "in the circuit" : "not in the circuit");
            if (part.member()) {
                canvas.rect(x, y - 1.5, BOX_WIDTH, BOX_HEIGHT + 3, Picture.INK, Optional.empty());
            }
            canvas.rect(x + 1.5, y, BOX_WIDTH - 3, BOX_HEIGHT, fill, Optional.of(tooltip));
            int ink = Palette.luminance(fill) > 0.3 ? 0x000000 : 0xffffff;
            canvas.text(x + BOX_WIDTH / 2, y + BOX_HEIGHT / 2 + 3.5, part.name(), NAME.coloured(ink));
        }
    }
}
