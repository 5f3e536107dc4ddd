package io.reprise.cli;

import io.reprise.analysis.relation.EstimatorKind;
import io.reprise.analysis.relation.RelationResult;
import io.reprise.analysis.relation.RelationTrial;
import io.reprise.analysis.relation.Spread;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Relations beside each other, best first; means over trials, with their sample sd. */
final class RelationTable {
    private static final int NAME = 28;

    private RelationTable() {}

    static List<String> lines(List<RelationResult> results) {
        List<String> lines = new ArrayList<>();
        lines.add(row("relation", "known", "faithfulness", "causality", "identity", "translation", "layer × β"));
        results.stream()
                .sorted(Comparator.comparingDouble(
                        (RelationResult result) -> -spread(result, RelationResult.FAITHFULNESS)
                                .map(Spread::mean)
                                .orElse(-1.0)))
                .forEach(result -> lines.add(line(result)));
        return lines;
    }

    private static String line(RelationResult result) {
        if (result.trials().isEmpty()) {
            return "%-28s no trial: %s"
                    .formatted(
                            short28(result.relation()), result.skipped().get(0).reason());
        }
        return row(
                short28(result.relation()),
                words(result, RelationResult.KNOWN),
                words(result, RelationResult.FAITHFULNESS),
                words(result, RelationResult.CAUSALITY),
                words(result, RelationResult.ESTIMATOR + EstimatorKind.IDENTITY.key()),
                words(result, RelationResult.ESTIMATOR + EstimatorKind.TRANSLATION.key()),
                result.trials().stream()
                        .map(RelationTrial::choice)
                        .map(choice -> choice.layer()
                                + choice.beta().map(beta -> " × " + beta).orElse(""))
                        .distinct()
                        .collect(Collectors.joining(", ")));
    }

    private static String words(RelationResult result, String measure) {
        return spread(result, measure)
                .map(spread -> String.format(Locale.ROOT, "%.3f", spread.mean())
                        + spread.sd()
                                .map(sd -> String.format(Locale.ROOT, " ± %.3f", sd))
                                .orElse(""))
                .orElse("–");
    }

    private static Optional<Spread> spread(RelationResult result, String measure) {
        return Optional.ofNullable(result.summary().get(measure));
    }

    private static String short28(String name) {
        return name.length() <= NAME ? name : name.substring(0, NAME - 1) + "…";
    }

    private static String row(String name, String... cells) {
        var line = new StringBuilder(String.format(Locale.ROOT, "%-28s", name));
        for (String cell : cells) {
            line.append("  ").append(String.format(Locale.ROOT, "%-15s", cell));
        }
        return line.toString().stripTrailing();
    }
}
