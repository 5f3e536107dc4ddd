package io.reprise.report;

import io.reprise.run.MetricsLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The curves of a run, from metrics.jsonl.
 *
 * @param byName points per metric, in the order of the file; values that are not finite are left out
 */
record CurveData(Map<String, List<Point>> byName) {
    record Point(double step, double value) {}

    CurveData {
        Map<String, List<Point>> copy = new TreeMap<>();
        byName.forEach((name, points) -> copy.put(name, List.copyOf(points)));
        byName = Collections.unmodifiableMap(copy);
    }

    /** An absent file is a run without curves; a last line cut short by a kill is left out. */
    static CurveData read(Path file) throws IOException {
        Map<String, List<Point>> curves = new TreeMap<>();
        if (Files.exists(file)) {
            for (MetricsLog.Entry entry : MetricsLog.read(file)) {
                entry.values().forEach((name, value) -> {
                    if (Double.isFinite(value)) {
                        curves.computeIfAbsent(name, none -> new ArrayList<>()).add(new Point(entry.step(), value));
                    }
                });
            }
        }
        return new CurveData(curves);
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
