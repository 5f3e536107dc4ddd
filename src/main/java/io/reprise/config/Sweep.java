package io.reprise.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * {@code --sweep seed=1..5 model.d_model=32,64}: every combination of the values, the last key changing fastest.
 *
 * <p>A value is a comma list of YAML values; {@code a..b} is the whole numbers from a to b. A range that is meant as one value
 * goes into quotes: {@code 'task.start="1..30","1..60"'}.
 */
public final class Sweep {
    private static final Pattern RANGE = Pattern.compile("(-?[0-9]{1,18})\\.\\.(-?[0-9]{1,18})");
    private static final int MOST_RUNS = 10_000;

    private Sweep() {}

    /**
     * The settings of each run.
     *
     * @param axes as on the command line, one key each
     * @return one list per run; one empty list if there are no axes
     * @throws IllegalArgumentException if an axis is malformed, empty or repeated, or there are more than 10,000 runs
     */
    public static List<List<Setting>> expand(List<String> axes) {
        var runs = List.of(List.<Setting>of());
        var seen = new ArrayList<String>();
        for (var axis : axes) {
            var settings = axis(axis);
            var path = settings.get(0).path();
            if (seen.contains(path)) {
                throw new IllegalArgumentException(
                        "--sweep " + axis + ": " + path + " is swept twice; join the values");
            }
            seen.add(path);
            if ((long) runs.size() * settings.size() > MOST_RUNS) {
                throw new IllegalArgumentException("--sweep asks for more than " + MOST_RUNS + " runs");
            }
            runs = product(runs, settings);
        }
        return runs;
    }

    private static List<List<Setting>> product(List<List<Setting>> runs, List<Setting> settings) {
        var longer = new ArrayList<List<Setting>>();
        for (var run : runs) {
            for (var setting : settings) {
                var both = new ArrayList<>(run);
                both.add(setting);
                longer.add(List.copyOf(both));
            }
        }
        return longer;
    }

    private static List<Setting> axis(String axis) {
        int equals = axis.indexOf('=');
        if (equals <= 0) {
            throw new IllegalArgumentException(
                    "--sweep: expected key=values such as seed=1..5 or model.d_model=32,64, got \"" + axis + "\"");
        }
        var path = axis.substring(0, equals);
        var values = new ArrayList<JsonNode>();
        for (var item : YamlReader.items(axis.substring(equals + 1), "--sweep " + axis)) {
            var range = RANGE.matcher(item.value().asText());
            if (item.plain() && item.value().isTextual() && range.matches()) {
                values.addAll(range(Long.parseLong(range.group(1)), Long.parseLong(range.group(2)), axis));
            } else {
                values.add(item.value());
            }
        }
        if (values.isEmpty()) {
            throw new IllegalArgumentException("--sweep " + axis + ": no values; expected some such as 1..5 or 32,64");
        }
        return values.stream()
                .map(value -> new Setting(path, value, path + "=" + (value.isTextual() ? value.asText() : value)))
                .toList();
    }

    private static List<JsonNode> range(long from, long to, String axis) {
        if (to < from || to - from >= MOST_RUNS) {
            throw new IllegalArgumentException("--sweep " + axis + ": " + from + ".." + to + " is not a range of 1 to "
                    + MOST_RUNS + " whole numbers");
        }
        var values = new ArrayList<JsonNode>();
        for (long value = from; value <= to; value++) {
            values.add(value == (int) value ? IntNode.valueOf((int) value) : LongNode.valueOf(value));
        }
        return values;
    }
}
