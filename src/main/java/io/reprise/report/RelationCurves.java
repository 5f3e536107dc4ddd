package io.reprise.report;

import io.reprise.analysis.relation.study.Choice;
import io.reprise.analysis.relation.study.Curve;
import io.reprise.analysis.relation.study.RelationResult;
import io.reprise.analysis.relation.study.RelationTrial;
import io.reprise.analysis.relation.study.Spread;
import io.reprise.report.LineChart.Line;
import io.reprise.report.LineChart.Look;
import io.reprise.report.LineChart.Mark;
import io.reprise.report.LineChart.Places;
import io.reprise.report.LineChart.Scale;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** A relation's curves over layers, β and ranks, with what was chosen, and the singular values of its operator. */
final class RelationCurves {
    private static final String RECALL = "recall";
    private static final String EFFICACY = "efficacy";
    /** More spectra than this in a chart are a smear. */
    private static final int SPECTRA = 2;

    private static final int ALL_VALUES = 64;
    private static final double STEP = 1.03;

    private final RelationResult result;
    private final String id;

    private RelationCurves(RelationResult result, String key) {
        this.result = result;
        this.id = "relation-" + key;
    }

    /** Those that have at least two points. */
    static List<Picture> of(RelationResult result, String key) {
        RelationCurves curves = new RelationCurves(result, key);
        List<Picture> pictures = new ArrayList<>();
        curves.layers(RECALL, "Recall over layers", choice -> Optional.of(choice.layer()), "reads")
                .ifPresent(pictures::add);
        curves.layers(EFFICACY, "Efficacy over layers", Choice::editLayer, "edits")
                .ifPresent(pictures::add);
        curves.betas().ifPresent(pictures::add);
        curves.ranks().ifPresent(pictures::add);
        curves.spectrum().ifPresent(pictures::add);
        return pictures;
    }

    private Optional<Picture> layers(
            String measure, String title, Function<Choice, Optional<String>> chosen, String does) {
        List<Curve> own = find(Curve.Axis.LAYER, measure, "");
        List<String> names = own.stream()
                .flatMap(curve -> curve.points().stream())
                .map(Curve.Point::at)
                .distinct()
                .toList();
        Map<String, Double> places = new LinkedHashMap<>();
        names.forEach(name -> places.put(name, (double) places.size()));
        return draw(
                "layers-" + measure,
                title,
                own,
                places::get,
                "layer whose output the operator " + does,
                RelationWords.chosen(result, chosen),
                "layer",
                "");
    }

    private Optional<Picture> betas() {
        String layer = RelationWords.usual(RelationWords.chosen(result, choice -> Optional.of(choice.layer())));
        Map<String, Integer> chosen = RelationWords.chosen(
                result, choice -> choice.layer().equals(layer) ? choice.beta().map(String::valueOf) : Optional.empty());
        if (chosen.isEmpty()) {
            return Optional.empty();
        }
        return draw(
                "beta",
                "Recall over β",
                find(Curve.Axis.BETA, RECALL, layer),
                Double::parseDouble,
                "β, the factor of W·h",
                chosen,
                "β",
                "Read at " + RelationWords.layer(layer) + ". ");
    }

    private Optional<Picture> ranks() {
        String layer = RelationWords.usual(RelationWords.chosen(result, Choice::editLayer));
        Map<String, Integer> chosen = RelationWords.chosen(
                result,
                choice -> choice.editLayer().equals(Optional.of(layer))
                        ? choice.rank().map(String::valueOf)
                        : Optional.empty());
        return draw(
                "rank",
                "Efficacy over ranks",
                find(Curve.Axis.RANK, EFFICACY, layer),
                rank -> log2(Double.parseDouble(rank)),
                "rank of W's pseudo-inverse (log scale)",
                chosen,
                "rank",
                "Edited at " + RelationWords.layer(layer) + ". ");
    }

    /** Test subjects first: they are drawn on top. */
    private List<Curve> find(Curve.Axis axis, String measure, String layer) {
        List<Curve> found = new ArrayList<>();
        for (Curve.Subjects subjects : List.of(Curve.Subjects.TEST, Curve.Subjects.TRAINING)) {
            result.curves().stream()
                    .filter(curve -> curve.axis() == axis
                            && curve.measure().equals(measure)
                            && curve.subjects() == subjects
                            && curve.layer().equals(layer)
                            && !curve.points().isEmpty())
                    .findFirst()
                    .ifPresent(found::add);
        }
        return found;
    }

    private Optional<Picture> draw(
            String name,
            String title,
            List<Curve> curves,
            ToDoubleFunction<String> place,
            String axis,
            Map<String, Integer> chosen,
            String what,
            String more) {
        Map<Double, String> ticks = new LinkedHashMap<>();
        List<Line> lines = new ArrayList<>();
        for (Curve curve : curves) {
            curve.points().forEach(point -> ticks.put(place.applyAsDouble(point.at()), number(point.at())));
            boolean test = curve.subjects() == Curve.Subjects.TEST;
            lines.add(new Line(
                    test ? "test subjects" : "training subjects",
                    lines.isEmpty() ? Look.MEASURED : Look.MEASURED_SECOND,
                    curve.points().stream()
                            .map(point -> mark(place.applyAsDouble(point.at()), point.value()))
                            .toList()));
        }
        if (ticks.size() < 2) {
            return Optional.empty();
        }
        List<Double> marked = chosen.keySet().stream()
                .map(place::applyAsDouble)
                .filter(ticks::containsKey)
                .toList();
        String measure = curves.get(0).measure();
        String caption = more
                + best(curves.get(0), what)
                + (chosen.isEmpty()
                        ? ""
                        : " The dotted line marks the " + what + " that training subjects chose: "
                                + RelationWords.chosen(named(chosen)) + ".")
                + spread(curves);
        return Optional.of(Picture.charted(
                id + "-" + name,
                title,
                caption,
                "Line chart of " + measure + " against " + axis + ". " + caption,
                LineChart.WIDTH,
                LineChart.HEIGHT,
                LineChart.of(
                        lines,
                        new Places(axis, ticks, marked),
                        measure.equals(RECALL) ? "recall (share right)" : "efficacy (share of edits)",
                        Scale.PERCENT)));
    }

    private static String spread(List<Curve> curves) {
        boolean bars = curves.stream()
                .flatMap(curve -> curve.points().stream())
                .anyMatch(point -> point.value().se().isPresent());
        String means = bars ? " Mean over trials ± standard error." : "";
        return curves.size() < 2 ? means : means + " Training subjects are held out in turn.";
    }

    private static String best(Curve curve, String what) {
        Curve.Point best = curve.points().get(0);
        for (Curve.Point point : curve.points()) {
            best = point.value().mean() > best.value().mean() ? point : best;
        }
        String subjects = curve.subjects() == Curve.Subjects.TEST ? "test subjects" : "training subjects";
        return "Highest on " + subjects + ": " + Numbers.percent(best.value().mean()) + " at " + what + " "
                + number(best.at()) + ".";
    }

    private static Mark mark(double x, Spread spread) {
        double se = spread.se().orElse(0.0);
        return new Mark(x, spread.mean(), Math.max(0, spread.mean() - se), Math.min(1, spread.mean() + se));
    }

    /** Singular values that are zero have no place on a log axis: they are those that a cut has removed. */
    private Optional<Picture> spectrum() {
        List<Line> lines = new ArrayList<>();
        Map<Double, String> ticks = new LinkedHashMap<>();
        for (RelationTrial trial :
                result.trials().subList(0, Math.min(SPECTRA, result.trials().size()))) {
            List<Double> values = trial.operator().singularValues().stream()
                    .filter(value -> value > 0)
                    .toList();
            if (values.size() > 1) {
                lines.add(new Line("trial " + trial.trial(), look(lines.size()), marks(values)));
                for (int tick = 1; tick <= values.size(); tick *= 2) {
                    ticks.put(log2(tick), Numbers.count(tick));
                }
                ticks.put(log2(values.size()), Numbers.count(values.size()));
            }
        }
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Integer> cut =
                RelationWords.chosen(result, choice -> choice.rank().map(String::valueOf));
        Map<String, Integer> layers = RelationWords.chosen(result, Choice::editLayer);
        String ends = result.trials().get(0).operator().ends();
        String caption = "Singular values of the W that reads (" + ends + "), largest first. The steeper the fall, the"
                + " fewer directions carry the relation."
                + (cut.isEmpty()
                        ? ""
                        : " The dotted line marks the rank at which W⁺, the inverse that edits at "
                                + RelationWords.layer(RelationWords.usual(layers)) + ", is cut: "
                                + RelationWords.chosen(cut) + ".")
                + (result.trials().size() > SPECTRA
                        ? " First " + SPECTRA + " of " + result.trials().size() + " trials."
                        : "");
        double end = ticks.keySet().stream().mapToDouble(x -> x).max().orElse(0);
        return Optional.of(Picture.charted(
                id + "-spectrum",
                "Singular values of W",
                caption,
                "Line chart on log axes. " + caption,
                LineChart.WIDTH,
                LineChart.HEIGHT,
                LineChart.of(
                        lines,
                        new Places(
                                "number of the singular value (log scale)",
                                ticks,
                                cut.keySet().stream()
                                        .map(rank -> log2(Double.parseDouble(rank)))
                                        .filter(x -> x <= end)
                                        .toList()),
                        "singular value (log scale)",
                        Scale.LOG)));
    }

    /** All of the first, then as many as a log axis can show. */
    private static List<Mark> marks(List<Double> values) {
        List<Mark> marks = new ArrayList<>();
        int last = values.size();
        for (int i = 1; i <= last; i = i < ALL_VALUES ? i + 1 : Math.max(i + 1, (int) (i * STEP))) {
            marks.add(Mark.of(log2(i), values.get(i - 1)));
        }
        if (marks.get(marks.size() - 1).x() < log2(last)) {
            marks.add(Mark.of(log2(last), values.get(last - 1)));
        }
        return marks;
    }

    private static Look look(int line) {
        return line == 0 ? Look.MAIN : line == 1 ? Look.SECOND : Look.THIRD;
    }

    private static Map<String, Integer> named(Map<String, Integer> chosen) {
        Map<String, Integer> named = new LinkedHashMap<>();
        chosen.forEach((value, count) -> named.put(number(value), count));
        return named;
    }

    /** 2.0 → 2; names stay. */
    private static String number(String at) {
        return at.matches("-?\\d+\\.0") ? at.substring(0, at.length() - 2) : at;
    }

    private static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }
}
