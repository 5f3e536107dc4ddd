package io.reprise.report;

import io.reprise.analysis.relation.study.RelationResult;
import io.reprise.report.Canvas.Anchor;
import io.reprise.report.Canvas.Lettering;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Faithfulness against causality, a dot per relation. Dots carry the relation's place in the table where there is room. */
final class RelationScatter {
    private static final int WIDTH = 390;
    private static final double LEFT = 48;
    private static final double RIGHT = WIDTH - 14;
    private static final double TOP = 12;
    private static final double BOTTOM = TOP + RIGHT - LEFT;
    private static final int HEIGHT = (int) BOTTOM + 42;
    private static final double RADIUS = 4.5;
    private static final double LETTER = 6.2;
    private static final double LINE = 11;
    private static final Lettering TICK = new Lettering(10, Anchor.MIDDLE, Picture.INK, false);
    private static final Lettering AXIS = new Lettering(11, Anchor.MIDDLE, Picture.MUTED, false);
    private static final Lettering NUMBER = new Lettering(10, Anchor.MIDDLE, Picture.INK, false);

    private record Dot(int place, String name, RelationScore faithful, RelationScore causal) {
        private double x() {
            return LEFT + (RIGHT - LEFT) * faithful.mean();
        }

        private double y() {
            return BOTTOM - (BOTTOM - TOP) * causal.mean();
        }
    }

    private record Box(double x, double y, double width, double height) {
        private boolean meets(Box other) {
            return x < other.x + other.width
                    && other.x < x + width
                    && y < other.y + other.height
                    && other.y < y + height;
        }
    }

    private final List<Dot> dots;

    private RelationScatter(List<Dot> dots) {
        this.dots = dots;
    }

    /** Of at least two relations with both scores, else nothing. */
    static Optional<Picture> draw(List<RelationResult> relations) {
        List<Dot> dots = new ArrayList<>();
        List<RelationResult> sorted = RelationTable.sorted(relations);
        for (int i = 0; i < sorted.size(); i++) {
            RelationResult result = sorted.get(i);
            Optional<RelationScore> faithful = RelationScore.of(result, RelationResult.FAITHFULNESS);
            Optional<RelationScore> causal = RelationScore.of(result, RelationResult.CAUSALITY);
            if (faithful.isPresent() && causal.isPresent()) {
                dots.add(new Dot(i + 1, Words.spaced(result.relation()), faithful.get(), causal.get()));
            }
        }
        if (dots.size() < 2) {
            return Optional.empty();
        }
        StringBuilder words = new StringBuilder("Scatter chart, faithfulness then causality: ");
        for (Dot dot : dots) {
            words.append(dot.name()).append(' ').append(dot.faithful().percent());
            words.append(", ").append(dot.causal().percent()).append("; ");
        }
        long below = dots.stream()
                .filter(dot -> dot.causal().mean() < dot.faithful().mean())
                .count();
        String caption =
                "A dot is a relation, its number the row in the table. Right: the operator says what the model says;"
                        + " top: edits through its inverse work. Edits succeed less often than readings in " + below
                        + " of "
                        + Words.plural(dots.size(), "relation") + " (below the diagonal)."
                        + (dots.size() < relations.size()
                                ? " " + (relations.size() - dots.size()) + " without both scores left out."
                                : "");
        return Optional.of(Picture.drawn(
                "relations-scatter",
                "Faithfulness and causality",
                caption,
                words.toString(),
                WIDTH,
                HEIGHT,
                new RelationScatter(dots)::paint));
    }

    private void paint(Canvas canvas) {
        for (int tick = 0; tick <= 4; tick++) {
            double x = LEFT + (RIGHT - LEFT) * tick / 4;
            double y = BOTTOM - (BOTTOM - TOP) * tick / 4;
            canvas.line(x, TOP, x, BOTTOM, 0xe6e9ed, 1);
            canvas.line(LEFT, y, RIGHT, y, 0xe6e9ed, 1);
            canvas.text(tick == 4 ? x - 6 : x, BOTTOM + 16, 25 * tick + "%", TICK);
            canvas.text(LEFT - 8, y + 3.5, 25 * tick + "%", TICK.anchored(Anchor.END));
        }
        canvas.line(LEFT, BOTTOM, RIGHT, TOP, Picture.RULE, 1);
        canvas.text((LEFT + RIGHT) / 2, BOTTOM + 34, "faithfulness (known subjects decoded right)", AXIS);
        canvas.text(10, (TOP + BOTTOM) / 2, "causality (edits that succeeded)", AXIS.turned());
        List<Box> taken = new ArrayList<>();
        for (Dot dot : dots) {
            canvas.dot(dot.x(), dot.y(), RADIUS, 0x440154, 0.6);
            taken.add(new Box(dot.x() - RADIUS, dot.y() - RADIUS, 2 * RADIUS, 2 * RADIUS));
        }
        for (Dot dot : dots) {
            number(canvas, dot, taken);
        }
    }

    /** Right of the dot, else left, above or below; nowhere if other dots and numbers leave no room. */
    private static void number(Canvas canvas, Dot dot, List<Box> taken) {
        String text = Integer.toString(dot.place());
        double width = LETTER * text.length();
        double side = RADIUS + 2 + width / 2;
        double[][] places = {{side, 0}, {-side, 0}, {0, -RADIUS - LINE / 2 - 1}, {0, RADIUS + LINE / 2 + 1}};
        for (double[] place : places) {
            double x = dot.x() + place[0];
            double y = dot.y() + place[1];
            Box box = new Box(x - width / 2, y - LINE / 2 + 1, width, LINE - 2);
            boolean inside = box.x() > LEFT && box.x() + width < WIDTH && box.y() > 0 && box.y() + LINE < BOTTOM;
            if (inside && taken.stream().noneMatch(box::meets)) {
                canvas.text(x, y + 3.5, text, NUMBER);
                taken.add(box);
                return;
            }
        }
    }
}
