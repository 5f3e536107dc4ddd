package io.reprise.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise compare}. */
@Command(
        name = "compare",
        header = "Compare finished runs: mean and spread over seeds, best and last.",
        description =
                "Groups the runs below the directories given by the config keys in --by, and draws them in compare.html of that directory.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise compare runs/seeds --by model.d_model --metric test/determined_accuracy",
            "  reprise compare runs/quickstart/5f3a91c2/seed-1 runs/quickstart/5f3a91c2/seed-2"
        })
final class CompareCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "RUN", description = "Run directories, or directories with runs below.")
    private List<Path> places;

    @Option(names = "--by", split = ",", paramLabel = "KEY", description = "Config keys that tell groups apart.")
    private List<String> by = List.of();

    @Option(names = "--metric", split = ",", paramLabel = "NAME", description = "Metrics to compare.")
    private List<String> metrics = List.of();

    @Mixin
    private Output output;

    private final Services services;
    private final Terminal terminal;

    CompareCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        var table = services.compare(places, by, metrics);
        var screen = new Screen(terminal);
        if (output.json) {
            for (var row : table.rows()) {
                var object = new LinkedHashMap<String, String>();
                for (int i = 0; i < row.size(); i++) {
                    object.put(table.headings().get(i), row.get(i));
                }
                screen.result(JsonLines.of(object));
            }
            return 0;
        }
        lines(table).forEach(screen::result);
        table.page().ifPresent(page -> screen.result(page.toString()));
        return 0;
    }

    /** Columns as wide as their widest cell, two spaces apart. */
    static List<String> lines(Services.Table table) {
        var all = new ArrayList<List<String>>();
        all.add(table.headings());
        all.addAll(table.rows());
        var widths = new int[table.headings().size()];
        for (var row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return all.stream()
                .map(row -> {
                    var line = new StringBuilder();
                    for (int i = 0; i < widths.length; i++) {
                        line.append(row.get(i))
                                .append(" ".repeat(widths[i] - row.get(i).length() + 2));
                    }
                    return line.toString().stripTrailing();
                })
                .toList();
    }
}
