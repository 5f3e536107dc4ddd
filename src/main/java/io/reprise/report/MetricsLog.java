package io.reprise.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The curves of a run, from metrics.jsonl.
 *
 * @param curves points per key, in the order of the file; values that are not finite are left out
 */
record MetricsLog(Map<String, List<Point>> curves) {
    record Point(double step, double value) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    MetricsLog {
        Map<String, List<Point>> copy = new TreeMap<>();
        curves.forEach((key, points) -> copy.put(key, List.copyOf(points)));
        curves = java.util.Collections.unmodifiableMap(copy);
    }

    /** An absent file is a run without curves. A last line cut short by a kill is dropped; any other bad line is an error. */
    static MetricsLog read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return new MetricsLog(Map.of());
        }
        String text = Files.readString(file, StandardCharsets.UTF_8);
        Map<String, List<Point>> curves = new TreeMap<>();
        List<String> lines = text.lines().collect(Collectors.toList());
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            try {
                add(curves, JSON.readTree(lines.get(i)));
            } catch (JsonProcessingException | IllegalArgumentException e) {
                if (i == lines.size() - 1 && !text.endsWith("\n")) {
                    break;
                }
                throw new IOException(
                        file + " line " + (i + 1) + " is not a JSON object with a step: "
                                + Words.shorten(lines.get(i), 80) + ". Restore the file or repeat the run.",
                        e);
            }
        }
        return new MetricsLog(curves);
    }

    private static void add(Map<String, List<Point>> curves, JsonNode line) {
        if (!line.isObject() || !line.path("step").isNumber()) {
            throw new IllegalArgumentException("no step");
        }
        double step = line.get("step").doubleValue();
        line.properties().forEach(field -> {
            double value = field.getValue().isNumber() ? field.getValue().doubleValue() : Double.NaN;
            if (!field.getKey().equals("step") && Double.isFinite(value)) {
                curves.computeIfAbsent(field.getKey(), key -> new ArrayList<>()).add(new Point(step, value));
            }
        });
    }

    /** Lowest and highest point of each of at most {@code buckets} stretches: half the points, every spike kept. */
    static List<Point> thinned(List<Point> points, int buckets) {
        if (points.size() <= 2 * buckets) {
            return points;
        }
        List<Point> kept = new ArrayList<>();
        kept.add(points.get(0));
        for (int bucket = 0; bucket < buckets; bucket++) {
            int from = (int) ((long) points.size() * bucket / buckets);
            int to = (int) ((long) points.size() * (bucket + 1) / buckets);
            Point low = points.get(from);
            Point high = points.get(from);
            for (Point point : points.subList(from, to)) {
                low = point.value() < low.value() ? point : low;
                high = point.value() > high.value() ? point : high;
            }
            kept.add(low.step() <= high.step() ? low : high);
            if (!low.equals(high)) {
                kept.add(low.step() <= high.step() ? high : low);
            }
        }
        kept.add(points.get(points.size() - 1));
        return kept;
    }
}
