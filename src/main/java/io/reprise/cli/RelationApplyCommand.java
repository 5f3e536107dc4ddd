package io.reprise.cli;

import io.reprise.analysis.relation.study.Rate;
import io.reprise.experiment.ApplyOperator;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise relation apply}. */
@Command(
        name = "apply",
        header = "What a fitted operator says of subjects, beside what its model says.",
        description = {
            "Each subject is put into the operator's own prompt, with the demonstrations that it was fitted with. The operator's"
                    + " likeliest tokens are decoded from β·W·h + b; the model's own next token stands beside them.",
            "With a relation file, knowledge is the share of subjects that the model has right, faithfulness the share of those"
                    + " that the operator has right; training subjects count for neither."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise relation apply --operator operators/capital --model models/gpt2-xl --subjects \"France,Peru\"",
            "  reprise relation apply --operator operators/capital --model models/gpt2-xl \\",
            "      --relation datasets/relations/country_capital.json --top-k 1"
        })
final class RelationApplyCommand implements Callable<Integer> {
    private static final int NAME = 20;

    @Option(
            names = "--operator",
            required = true,
            paramLabel = "NAME",
            description = "As reprise relation fit wrote it, with or without ending.")
    private Path operator;

    @Mixin
    private SubjectOptions model;

    @ArgGroup(multiplicity = "1")
    private Asked asked;

    /** Subjects, in one of two ways. */
    private static final class Asked {
        @Option(names = "--subjects", split = ",", paramLabel = "TEXT", description = "Subjects, with commas between.")
        private List<String> subjects = List.of();

        @Option(names = "--relation", paramLabel = "FILE", description = "A relation file: what is right is told, too.")
        private Path relation;
    }

    @Option(
            names = "--top-k",
            paramLabel = "K",
            defaultValue = "5",
            description = "The operator's tokens shown (default: ${DEFAULT-VALUE}).")
    private int topK;

    @Mixin
    private Output output;

    private final Services services;
    private final Terminal terminal;

    RelationApplyCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        var screen = new Screen(terminal);
        var request = new ApplyOperator.Request(
                model.place(),
                operator,
                asked.subjects.stream().map(String::strip).toList(),
                Optional.ofNullable(asked.relation),
                topK,
                model.memory(),
                model.stream(),
                model.arithmetic());
        ApplyOperator.Applied applied = services.apply(request, note -> {
            if (!output.silent()) {
                screen.progress("note", note);
            }
        });
        if (output.json) {
            applied.rows().forEach(row -> screen.result(JsonLines.of(row)));
            if (asked.relation != null) {
                screen.result(JsonLines.of(new Totals(applied.knowledge(), applied.faithfulness())));
            }
            return 0;
        }
        int width = applied.rows().stream()
                .mapToInt(row -> Cells.width(row.subject()))
                .max()
                .orElse(1);
        applied.rows().forEach(row -> screen.result(line(row, Math.min(NAME, width))));
        if (asked.relation != null) {
            screen.result(
                    "knowledge " + words(applied.knowledge()) + " · faithfulness " + words(applied.faithfulness()));
        }
        return 0;
    }

    /** The last line of JSON. */
    private record Totals(Optional<Rate> knowledge, Optional<Rate> faithfulness) {}

    private static String line(ApplyOperator.Row row, int width) {
        return Cells.fit(row.subject(), width)
                + "  "
                + row.operator().stream().map(RelationApplyCommand::words).collect(Collectors.joining("  "))
                + row.judged()
                        .map(judged -> judged.operator() ? " (right)" : " (wrong, " + judged.object() + ")")
                        .orElse("")
                + "  · model " + words(row.model())
                + row.judged()
                        .map(judged -> judged.model() ? " (right)" : " (wrong)")
                        .orElse("")
                + (row.trained() ? "  · trained on it" : "");
    }

    private static String words(ApplyOperator.Guess guess) {
        return guess.token() + String.format(Locale.ROOT, " %.3f", guess.probability());
    }

    private static String words(Optional<Rate> rate) {
        return rate.map(r -> String.format(Locale.ROOT, "%.3f (%d of %d)", r.value(), r.correct(), r.total()))
                .orElse("–");
    }
}
