package io.reprise.report;

import io.reprise.report.LineChart.Line;
import io.reprise.report.LineChart.Look;
import io.reprise.report.LineChart.Mark;
import io.reprise.report.LineChart.Scale;
import io.reprise.run.Score;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Accuracies in the order in which they are read: by split, the main kinds first, then positions and rules. */
final class Scores {
    private static final List<String> SPLITS = List.of("held_out", "test", "validation", "val", "train");
    private static final List<String> KINDS = List.of("determined", "seen", "unseen", "whole_answer", "scored");

    private Scores() {}

    static Map<String, List<Score>> bySplit(List<Score> scores) {
        Map<String, List<Score>> groups = new LinkedHashMap<>();
        scores.stream()
                .map(Score::split)
                .distinct()
                .sorted(Comparator.comparingInt((String split) -> rank(SPLITS, split))
                        .thenComparing(split -> split))
                .forEach(split -> groups.put(
                        split,
                        scores.stream()
                                .filter(score -> score.split().equals(split))
                                .sorted(Comparator.comparingInt(Scores::kindRank)
                                        .thenComparingInt(
                                                score -> position(score).orElse(0)))
                                .collect(Collectors.toList())));
        return groups;
    }

    private static int rank(List<String> order, String name) {
        int index = order.indexOf(name);
        return index < 0 ? order.size() : index;
    }

    private static int kindRank(Score score) {
        if (position(score).isPresent()) {
            return KINDS.size() + 2;
        }
        return isRule(score) ? KINDS.size() + 1 : rank(KINDS, score.kind().replace(' ', '_'));
    }

    static boolean isRule(Score score) {
        return score.kind().startsWith("rule ");
    }

    static OptionalInt position(Score score) {
        return score.kind().matches("position \\d{1,6}")
                ? OptionalInt.of(Integer.parseInt(score.kind().substring("position ".length())))
                : OptionalInt.empty();
    }

    /** The score that a metric such as test/determined_accuracy or test/whole_answer is the accuracy of. */
    static Optional<Score> of(List<Score> scores, String metric) {
        int slash = metric.indexOf('/');
        if (slash < 0) {
            return Optional.empty();
        }
        String split = metric.substring(0, slash);
        String kind = metric.substring(slash + 1).replaceFirst("_accuracy$", "");
        return scores.stream()
                .filter(score -> score.split().equals(split)
                        && score.kind().replace(' ', '_').equals(kind))
                .findFirst();
    }

    /** One chart per split that was scored by position. */
    static List<Picture> positionCharts(List<Score> scores) {
        List<Picture> pictures = new ArrayList<>();
        bySplit(scores).forEach((split, all) -> {
            List<Score> positions =
                    all.stream().filter(score -> position(score).isPresent()).collect(Collectors.toList());
            if (positions.size() > 1 && positions.stream().anyMatch(score -> score.total() > 0)) {
                pictures.add(positionChart(split, positions));
            }
        });
        return pictures;
    }

    private static Picture positionChart(String split, List<Score> positions) {
        List<Line> lines = new ArrayList<>();
        lines.add(new Line(
                "model",
                Look.MEASURED,
                positions.stream()
                        .filter(score -> score.total() > 0)
                        .map(score -> new Mark(x(score), score.accuracy(), score.low(), score.high()))
                        .collect(Collectors.toList())));
        addBaseline(lines, "ceiling", Look.CEILING, positions, Score::ceiling);
        addBaseline(lines, "bigram", Look.SECOND, positions, Score::bigram);
        addBaseline(lines, "trigram", Look.THIRD, positions, Score::trigram);
        String name = Words.spaced(split);
        String caption = positionCaption(positions);
        return Picture.charted(
                "accuracy-by-position-" + split,
                "Accuracy by position, " + name,
                caption,
                "Line chart of accuracy with 95% intervals over positions " + (int) x(positions.get(0)) + " to "
                        + (int) x(positions.get(positions.size() - 1)) + ". " + caption,
                LineChart.WIDTH,
                LineChart.HEIGHT,
                LineChart.of(lines, "position of the predicted token", "accuracy (%)", Scale.PERCENT));
    }

    private static void addBaseline(
            List<Line> lines, String name, Look look, List<Score> positions, ToDoubleFunction<Score> value) {
        List<Mark> marks = positions.stream()
                .filter(score -> Double.isFinite(value.applyAsDouble(score)))
                .map(score -> Mark.of(x(score), value.applyAsDouble(score)))
                .collect(Collectors.toList());
        if (!marks.isEmpty()) {
            lines.add(new Line(name, look, marks));
        }
    }

    private static double x(Score score) {
        return position(score).orElseThrow();
    }

    private static String positionCaption(List<Score> positions) {
        List<Score> counted =
                positions.stream().filter(score -> score.total() > 0).collect(Collectors.toList());
        Score lowest = counted.stream()
                .min(Comparator.comparingDouble(Score::accuracy))
                .orElseThrow();
        Score highest = counted.stream()
                .max(Comparator.comparingDouble(Score::accuracy))
                .orElseThrow();
        if (lowest.correct() == lowest.total()) {
            boolean lookup = counted.stream().allMatch(score -> score.bigram() == 1);
            return "Every position is right every time" + (lookup ? ", and so is the bigram table." : ".");
        }
        String range = "Lowest at " + lowest.kind() + " (" + Numbers.percent(lowest.accuracy()) + "), highest at "
                + highest.kind() + " (" + Numbers.percent(highest.accuracy()) + ").";
        long above = counted.stream()
                .filter(score -> score.low() > Math.max(orZero(score.bigram()), orZero(score.trigram())))
                .count();
        boolean compared = counted.stream().anyMatch(score -> Double.isFinite(score.bigram()));
        return !compared
                ? range
                : range + " The interval lies above both k-gram tables at " + above + " of " + counted.size()
                        + " positions.";
    }

    private static double orZero(double value) {
        return Double.isFinite(value) ? value : 0;
    }
}
