package io.reprise.report;

import io.reprise.report.ComparisonTable.Metric;
import io.reprise.report.ComparisonTable.Row;
import io.reprise.stats.SeedPower;
import io.reprise.stats.Summary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many seeds a difference between two CSI needs, by how much such differences vary between the seeds that were run. */
final class PowerSection {
    private static final Pattern CSI = Pattern.compile("overlap/([^/]+)/csi");
    private static final List<Double> DIFFERENCES = List.of(0.05, 0.1, 0.2, 0.3, 0.5);
    private static final int FEWEST_SEEDS = 3;

    private PowerSection() {}

    /**
     * The difference of two CSI, run by run.
     *
     * @param group whose runs they are
     */
    record Difference(String group, String one, String other, Summary summary) {}

    /** All pairs of CSI that three runs of a group or more have in common, the calmest first; equal in every run, they tell no spread. */
    static List<Difference> differences(ComparisonTable table) {
        List<Difference> differences = new ArrayList<>();
        List<String> metrics = table.metrics().stream()
                .map(Metric::name)
                .filter(name -> CSI.matcher(name).matches())
                .toList();
        for (Row row : table.rows()) {
            for (int i = 0; i < metrics.size(); i++) {
                for (int j = i + 1; j < metrics.size(); j++) {
                    double[] values = paired(row, metrics.get(i), metrics.get(j));
                    if (values.length >= FEWEST_SEEDS && Summary.of(values).sd() > 0) {
                        differences.add(new Difference(
                                table.groupKeys().isEmpty() ? "" : table.label(row),
                                pair(metrics.get(i)),
                                pair(metrics.get(j)),
                                Summary.of(values)));
                    }
                }
            }
        }
        differences.sort(
                Comparator.comparingDouble(difference -> difference.summary().sd()));
        return differences;
    }

    private static double[] paired(Row row, String one, String other) {
        List<Double> first = row.values().getOrDefault(one, List.of());
        List<Double> second = row.values().getOrDefault(other, List.of());
        List<Double> both = new ArrayList<>();
        for (int run = 0; run < Math.min(first.size(), second.size()); run++) {
            double difference = first.get(run) - second.get(run);
            if (Double.isFinite(difference)) {
                both.add(difference);
            }
        }
        return both.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static String pair(String metric) {
        Matcher matcher = CSI.matcher(metric);
        return matcher.matches() ? matcher.group(1) : metric;
    }

    static void write(Html html, ComparisonTable table) {
        List<Difference> all = differences(table);
        if (all.isEmpty()) {
            return;
        }
        List<String> groups =
                all.stream().map(Difference::group).distinct().sorted().toList();
        html.open("section", "id", "power").leaf("h2", "How many seeds a difference between two CSI needs");
        html.leaf(
                "p",
                "Two pairs of tasks in the same models: the difference of their CSI is told if the 95% interval of its mean over"
                        + " seeds leaves out 0. Below, the seeds with which a true difference is told four times in five (power"
                        + " 0.8, paired t test, exact), for the median spread of such differences between seeds; beneath,"
                        + " with the spread at the upper end of its one-sided 80% interval, since few seeds often show less"
                        + " spread than there is.");
        html.open("div", "class", "scroll");
        html.open("table", "class", "cards comparison").open("thead").open("tr");
        html.leaf("th", "group", "scope", "col").leaf("th", "sd of differences", "scope", "col", "class", "number");
        for (double difference : DIFFERENCES) {
            html.leaf("th", head(difference), "scope", "col", "class", "number");
        }
        html.close().close().open("tbody");
        for (String group : groups) {
            List<Difference> own =
                    all.stream().filter(d -> d.group().equals(group)).toList();
            row(html, group, own);
        }
        html.close().end().end();
        Page.details(html, "Every difference, and the smallest that the seeds run would tell", () -> each(html, all));
        html.leaf(
                "p",
                "For a plan, not for a verdict: CSI is a ratio and only roughly normal, and the spread comes from the seeds of this"
                        + " experiment. Groups that share no seeds need as many each if the two CSI do not go up and down together"
                        + " from seed to seed, and more if they do.",
                "class",
                "key");
        html.end();
    }

    private static void row(Html html, String group, List<Difference> own) {
        Summary median = own.get((own.size() - 1) / 2).summary();
        html.open("tr").leaf("th", group.isEmpty() ? "all runs" : group, "scope", "row");
        html.open("td", "class", "number", "data-label", "sd of differences").leaf("b", Numbers.fixed(median.sd()));
        html.leaf(
                        "small",
                        own.size() == 1
                                ? Words.plural(median.n(), "seed")
                                : Numbers.fixed(own.get(0).summary().sd()) + " to "
                                        + Numbers.fixed(own.get(own.size() - 1)
                                                .summary()
                                                .sd()) + ", "
                                        + Words.plural(own.size(), "difference"))
                .close();
        double cautious = SeedPower.cautious(median.sd(), median.n());
        for (double difference : DIFFERENCES) {
            html.open("td", "class", "number", "data-label", head(difference))
                    .leaf("b", seeds(difference / median.sd()));
            html.leaf("small", "up to " + seeds(difference / cautious)).close();
        }
        html.end();
    }

    private static void each(Html html, List<Difference> all) {
        html.open("div", "class", "scroll");
        html.open("table", "class", "cards comparison").open("thead").open("tr");
        html.leaf("th", "difference", "scope", "col");
        for (String head : List.of("seeds", "mean", "sd", "told by these seeds from")) {
            html.leaf("th", head, "scope", "col", "class", "number");
        }
        html.close().close().open("tbody");
        for (Difference difference : all) {
            Summary summary = difference.summary();
            html.open("tr").open("th", "scope", "row").text(difference.one() + " less " + difference.other());
            html.leaf("small", difference.group()).close();
            Page.cell(html, "seeds", Integer.toString(summary.n()), "number");
            Page.cell(html, "mean", Numbers.fixed(summary.mean()), "number");
            Page.cell(html, "sd", Numbers.fixed(summary.sd()), "number");
            Page.cell(
                    html,
                    "told by these seeds from",
                    Numbers.fixed(summary.sd() * SeedPower.effect(summary.n(), SeedPower.USUAL)),
                    "number");
            html.end();
        }
        html.close().end().end();
    }

    private static String head(double difference) {
        return "difference " + Numbers.number(difference);
    }

    private static String seeds(double effect) {
        OptionalInt seeds = SeedPower.seeds(effect, SeedPower.USUAL);
        return seeds.isPresent() ? Numbers.count(seeds.getAsInt()) : "> " + Numbers.count(SeedPower.MOST);
    }
}
