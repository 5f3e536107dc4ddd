package io.reprise.report;

import io.reprise.analysis.probe.ProbeResult;
import io.reprise.analysis.probe.ProbeResult.Measure;
import io.reprise.report.Canvas.Anchor;
import io.reprise.report.Canvas.Lettering;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A probe's accuracy above those of its controls: a row each, a bar for the 95% interval, a dot per seed. */
final class ProbeChart {
    private static final int WIDTH = 560;
    private static final double ROW = 34;
    private static final double LEFT = 150;
    private static final double RIGHT = WIDTH - 20;
    private static final Lettering NAME = new Lettering(12, Anchor.END, Picture.INK, false);
    private static final Lettering TICK = new Lettering(10, Anchor.MIDDLE, Picture.INK, false);
    private static final Lettering AXIS = new Lettering(11, Anchor.MIDDLE, Picture.MUTED, false);
    private static final int OWN = 0x440154;
    private static final int CONTROL = 0x6f6a52;
    private static final Map<String, String> NAMES = Map.of(
            ProbeResult.ACCURACY, "probe",
            ProbeResult.FINE_TUNED, "fine-tuned below",
            ProbeResult.SHUFFLED, "shuffled labels",
            ProbeResult.MAJORITY, "majority class",
            ProbeResult.RANDOM_MODEL, "random weights");

    private final List<Measure> measures;

    private ProbeChart(List<Measure> measures) {
        this.measures = measures;
    }

    static Picture draw(ProbeResult probe) {
        StringBuilder words = new StringBuilder();
        for (Measure measure : probe.measures()) {
            words.append(words.length() == 0 ? "" : "; ").append(name(measure)).append(' ');
            words.append(Numbers.percent(measure.accuracy())).append(", ").append(interval(measure));
        }
        return Picture.drawn(
                "probe-" + probe.name(),
                "Probe " + probe.name() + ": accuracy and its controls",
                "A bar is the 95% interval over test examples, the mark in it the accuracy, a dot one seed. The probe has found"
                        + " something in the model only as far as it stands above every control.",
                "Intervals of accuracy, one row each: " + words + ".",
                WIDTH,
                (int) (ROW * probe.measures().size()) + 44,
                new ProbeChart(probe.measures())::paint);
    }

    static String name(Measure measure) {
        return NAMES.getOrDefault(measure.kind(), Words.spaced(measure.kind()));
    }

    static String interval(Measure measure) {
        return Numbers.percent(measure.low()) + " to " + Numbers.percent(measure.high());
    }

    private static boolean own(Measure measure) {
        return measure.kind().equals(ProbeResult.ACCURACY) || measure.kind().equals(ProbeResult.FINE_TUNED);
    }

    private void paint(Canvas canvas) {
        double bottom = ROW * measures.size() + 4;
        for (int tick = 0; tick <= 4; tick++) {
            double x = x(tick / 4.0);
            canvas.line(x, 4, x, bottom, 0xe6e9ed, 1);
            canvas.text(x, bottom + 14, 25 * tick + "%", TICK);
        }
        for (int i = 0; i < measures.size(); i++) {
            paintRow(canvas, measures.get(i), 4 + i * ROW + ROW / 2);
        }
        canvas.text((LEFT + RIGHT) / 2, bottom + 31, "accuracy on the test part", AXIS);
    }

    private static void paintRow(Canvas canvas, Measure measure, double middle) {
        int colour = own(measure) ? OWN : CONTROL;
        canvas.text(LEFT - 12, middle + 4, name(measure), NAME);
        double from = x(measure.low());
        double width = Math.max(2, x(measure.high()) - from);
        String tooltip =
                name(measure) + " " + Numbers.percent(measure.accuracy()) + ", 95% interval " + interval(measure);
        canvas.rect(from, middle - 5, width, 10, own(measure) ? 0xcbb9d0 : 0xd8d6cd, Optional.of(tooltip));
        canvas.line(x(measure.accuracy()), middle - 9, x(measure.accuracy()), middle + 9, colour, 2.5);
        for (double seed : measure.perSeed()) {
            canvas.dot(x(seed), middle, 3.2, colour, 0.6);
        }
    }

    private static double x(double share) {
        return LEFT + (RIGHT - LEFT) * share;
    }
}
