package io.reprise.report;

import io.reprise.analysis.probe.ProbeResult;
import io.reprise.analysis.probe.ProbeResult.Measure;
import java.util.List;
import java.util.Map;

/** A probe's accuracy above those of its controls. */
final class ProbeChart {
    private static final int WIDTH = 560;
    private static final Map<String, String> NAMES = Map.of(
            ProbeResult.ACCURACY, "probe",
            ProbeResult.FINE_TUNED, "fine-tuned below",
            ProbeResult.SHUFFLED, "shuffled labels",
            ProbeResult.MAJORITY, "majority class",
            ProbeResult.RANDOM_MODEL, "random weights");

    private ProbeChart() {}

    static Picture draw(ProbeResult probe) {
        List<IntervalChart.Row> rows = probe.measures().stream()
                .map(measure -> new IntervalChart.Row(
                        name(measure),
                        own(measure),
                        measure.accuracy(),
                        measure.low(),
                        measure.high(),
                        measure.perSeed()))
                .toList();
        return IntervalChart.draw(
                "probe-" + probe.name(),
                "Probe " + probe.name() + ": accuracy and its controls",
                "A bar is the 95% interval over test examples, the mark in it the accuracy, a dot one seed. The probe has found"
                        + " something in the model only as far as it stands above every control.",
                List.of(new IntervalChart.Group("", rows)),
                "accuracy on the test part",
                WIDTH);
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
}
