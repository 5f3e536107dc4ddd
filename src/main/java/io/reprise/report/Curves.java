package io.reprise.report;

import io.reprise.report.CurveData.Point;
import io.reprise.report.LineChart.Line;
import io.reprise.report.LineChart.Look;
import io.reprise.report.LineChart.Mark;
import io.reprise.report.LineChart.Scale;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Training curves as pictures, each with a caption made from its own numbers. */
final class Curves {
    private static final int BUCKETS = 150;

    /** Above this ratio of largest to smallest value a linear axis hides the end of training. */
    private static final double LOG_RATIO = 20;

    private static final double MASTERED = 0.99;

    private Curves() {}

    /** Loss, accuracy and learning rate first; whatever else was logged after them, a picture per name. */
    static List<Picture> of(CurveData log) {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        groups.put("loss", new ArrayList<>());
        groups.put("accuracy", new ArrayList<>());
        groups.put("lr", new ArrayList<>());
        for (String key : log.byName().keySet()) {
            String name = key.substring(key.lastIndexOf('/') + 1);
            String group = name.endsWith("accuracy") ? "accuracy" : name.endsWith("loss") ? "loss" : name;
            groups.computeIfAbsent(group, g -> new ArrayList<>()).add(key);
        }
        List<Picture> pictures = new ArrayList<>();
        groups.forEach((group, keys) -> {
            if (!keys.isEmpty()) {
                pictures.add(picture(group, keys, log));
            }
        });
        return pictures;
    }

    private static Picture picture(String group, List<String> keys, CurveData log) {
        Map<String, List<Point>> curves = new LinkedHashMap<>();
        keys.forEach(key -> curves.put(key, log.byName().get(key)));
        return switch (group) {
            case "loss" ->
                chart("curve-loss", "Loss", curves, "loss (nats per target)", lossScale(curves), lossCaption(curves));
            case "accuracy" ->
                chart("curve-accuracy", "Accuracy", curves, "accuracy (%)", Scale.PERCENT, accuracyCaption(curves));
            case "lr" ->
                chart(
                        "curve-learning-rate",
                        "Learning rate",
                        curves,
                        "learning rate (per step)",
                        Scale.LINEAR,
                        rateCaption(curves));
            default -> {
                String name = Words.spaced(group);
                yield chart(
                        "curve-" + group, Words.sentence(name), curves, name, Scale.LINEAR, rangeCaption(curves, name));
            }
        };
    }

    private static Picture chart(
            String id, String title, Map<String, List<Point>> curves, String unit, Scale scale, String caption) {
        List<Line> lines = new ArrayList<>();
        curves.forEach((key, points) -> {
            List<Mark> marks = CurveData.thinned(points, BUCKETS).stream()
                    .map(point -> Mark.of(point.step(), point.value()))
                    .collect(Collectors.toList());
            lines.add(new Line(nameOf(key), look(key, curves.size(), lines.size()), marks));
        });
        // The first line is drawn on top: the noisy one goes last.
        lines.sort(Comparator.comparing(line -> line.look() == Look.BACKGROUND));
        String description = "Line chart over training steps: "
                + lines.stream().map(Line::name).collect(Collectors.joining(", ")) + ". " + caption;
        return Picture.charted(
                id,
                title,
                caption,
                description,
                LineChart.WIDTH,
                LineChart.HEIGHT,
                LineChart.of(lines, "training step", unit, scale));
    }

    private static Look look(String key, int total, int index) {
        if (key.startsWith("train/") && total > 1) {
            return Look.BACKGROUND;
        }
        if (total == 1 || key.startsWith("val")) {
            return Look.MAIN;
        }
        return index % 2 == 0 ? Look.SECOND : Look.THIRD;
    }

    /** train/loss → training; val/seen_accuracy → validation, seen. */
    static String nameOf(String key) {
        int slash = key.indexOf('/');
        String split = slash < 0 ? "" : key.substring(0, slash);
        String rest = Words.spaced(key.substring(slash + 1).replaceAll("_?(loss|accuracy|lr)$", ""));
        String name =
                switch (split) {
                    case "train" -> "training";
                    case "val" -> "validation";
                    default -> Words.spaced(split);
                };
        if (name.isEmpty()) {
            return rest.isEmpty() ? Words.spaced(key) : rest;
        }
        return rest.isEmpty() ? name : name + ", " + rest;
    }

    private static Scale lossScale(Map<String, List<Point>> curves) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (List<Point> points : curves.values()) {
            for (Point point : points) {
                low = Math.min(low, point.value());
                high = Math.max(high, point.value());
            }
        }
        return low > 0 && high / low > LOG_RATIO ? Scale.LOG : Scale.LINEAR;
    }

    private static String lossCaption(Map<String, List<Point>> curves) {
        StringBuilder caption = new StringBuilder();
        curves.forEach((key, points) -> caption.append(Words.sentence(nameOf(key)))
                .append(" loss goes from ")
                .append(Numbers.number(first(points).value()))
                .append(" to ")
                .append(Numbers.number(last(points).value()))
                .append(". "));
        if (curves.containsKey("train/loss") && curves.containsKey("val/loss")) {
            double gap = last(curves.get("val/loss")).value()
                    - last(curves.get("train/loss")).value();
            caption.append(
                    gap > 0.1
                            ? "Validation ends well above training: a sign of memorising. "
                            : "The two end close together. ");
        }
        if (lossScale(curves) == Scale.LOG) {
            caption.append("Logarithmic axis.");
        }
        return caption.toString().strip();
    }

    private static String accuracyCaption(Map<String, List<Point>> curves) {
        StringBuilder caption = new StringBuilder();
        curves.forEach((key, points) -> {
            caption.append(Words.sentence(nameOf(key))).append(" accuracy ");
            points.stream()
                    .filter(point -> point.value() >= MASTERED)
                    .findFirst()
                    .ifPresentOrElse(
                            point -> caption.append("first reaches 99% at step ")
                                    .append(Numbers.count((long) point.step())),
                            () -> caption.append("never reaches 99%"));
            caption.append(" and ends at ")
                    .append(Numbers.percent(last(points).value()))
                    .append(". ");
        });
        return caption.toString().strip();
    }

    private static String rateCaption(Map<String, List<Point>> curves) {
        List<Point> points = curves.values().iterator().next();
        double peak = points.stream().mapToDouble(Point::value).max().orElseThrow();
        double end = last(points).value();
        if (points.stream().allMatch(point -> point.value() == peak)) {
            return "Constant at " + Numbers.number(peak) + " throughout.";
        }
        double step = points.stream()
                .filter(point -> point.value() == peak)
                .findFirst()
                .orElseThrow()
                .step();
        return "Peaks at " + Numbers.number(peak) + " at step " + Numbers.count((long) step) + " and ends at "
                + Numbers.number(end) + ".";
    }

    private static String rangeCaption(Map<String, List<Point>> curves, String name) {
        StringBuilder caption = new StringBuilder();
        curves.forEach((key, points) -> caption.append(Words.sentence(name))
                .append(" (")
                .append(key)
                .append(") starts at ")
                .append(Numbers.number(first(points).value()))
                .append(", ends at ")
                .append(Numbers.number(last(points).value()))
                .append(" and peaks at ")
                .append(Numbers.number(
                        points.stream().mapToDouble(Point::value).max().orElseThrow()))
                .append(". "));
        return caption.toString().strip();
    }

    private static Point first(List<Point> points) {
        return points.get(0);
    }

    private static Point last(List<Point> points) {
        return points.get(points.size() - 1);
    }
}
