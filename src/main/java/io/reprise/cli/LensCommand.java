package io.reprise.cli;

import io.reprise.analysis.lens.LensSpec;
import io.reprise.analysis.lens.Statistic;
import io.reprise.experiment.TraceLens;
import io.reprise.report.LensData;
import io.reprise.report.LensFiles;
import io.reprise.report.LensView;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise lens}. */
@Command(
        name = "lens",
        header = "Logit lens: what a model would say at every depth.",
        description = {
            "Decodes the residual stream after every block with the final norm and the unembedding, or with any later part of"
                    + " the model (--decoder). On top stands the token that comes next in the text, with * where the model's guess"
                    + " is that token; at the end of the text the model's guess, in parentheses.",
            "Rows are input, blocks.5.resid (after block 5), blocks.5.attn (after its attention; of a parallel block: its input"
                    + " and its attention's output) and blocks.5.mlp (after its MLP: the same stream as blocks.5.resid). Each row"
                    + " decodes its own stream, whatever the --block-step. A row that holds what the decoder adds is left out; the"
                    + " last row is the model's own output.",
            "A prompts file has a line {\"text\": \"…\"} or {\"tokens\": [464, 3290]} per prompt, with an \"id\" if you like."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise lens --model models/gpt2 --prompt \"January February March April\"",
            "  reprise lens --model models/gpt2 --prompts prompts.jsonl --kl --out lens.html --out lens.csv",
            "  reprise lens --model runs/sorting/0c1d22aa/seed-11 --prompt \"<start> 7 3 9 1 5 <mid> 1 3\" --sub-blocks",
            "  reprise lens --model models/gpt2-xl --tokens 464,3290 --decoder h.47 --block-step 4 --stream"
        })
final class LensCommand implements Callable<Integer> {
    @Mixin
    private ModelOptions opened;

    @ArgGroup(multiplicity = "1")
    private Given given;

    /** The prompts, in one of three ways. */
    private static final class Given {
        @Option(names = "--prompt", paramLabel = "TEXT", description = "A text.")
        private String text;

        @Option(
                names = "--tokens",
                split = ",",
                paramLabel = "ID",
                description = "Token ids, for models without a tokenizer.")
        private List<Integer> tokens;

        @Option(names = "--prompts", paramLabel = "FILE", description = "A file of prompts, a JSON object a line.")
        private Path file;
    }

    @ArgGroup
    private Shown shown;

    /** What a cell's shade shows. */
    private static final class Shown {
        @Option(names = "--probs", description = "Shade: probability of the model's guess (default).")
        private boolean probs;

        @Option(names = "--logits", description = "Shade: logit of the model's guess.")
        private boolean logits;

        @Option(names = "--ranks", description = "Rank of the model's guess, 1 is best; ties count against it.")
        private boolean ranks;

        @Option(names = "--kl", description = "KL(model ‖ row) in nats.")
        private boolean kl;

        @Option(names = "--entropy", description = "Entropy of the row's distribution in nats.")
        private boolean entropy;

        private Statistic statistic() {
            if (logits) {
                return Statistic.LOGIT;
            }
            if (ranks) {
                return Statistic.RANK;
            }
            if (kl) {
                return Statistic.KL;
            }
            return entropy && !probs ? Statistic.ENTROPY : Statistic.PROBABILITY;
        }
    }

    @Option(
            names = "--top-k",
            paramLabel = "K",
            description =
                    "Best tokens per cell: shown one below the other, and kept in files (default: 1 shown, 5 kept).")
    private Integer topK;

    @Option(
            names = "--block-step",
            paramLabel = "N",
            defaultValue = "1",
            description = "A row every N blocks; the last block always has one (default: ${DEFAULT-VALUE}).")
    private int blockStep;

    @Option(names = "--sub-blocks", description = "Two rows per block: after its attention and after its MLP.")
    private boolean subBlocks;

    @Option(names = "--rows", split = ",", paramLabel = "ROW", description = "These rows instead, by name.")
    private List<String> rows = List.of();

    @Option(names = "--no-input", description = "No row for the stream before the first block.")
    private boolean noInput;

    @Option(
            names = "--decoder",
            split = ",",
            paramLabel = "MODULE",
            description =
                    "Modules between a row and the final norm, such as h.47 or blocks.46.mlp,blocks.47 (default: none).")
    private List<String> decoder = List.of();

    @Option(
            names = "--from",
            paramLabel = "POS",
            defaultValue = "0",
            description = "First position decoded; negative numbers count from the end (default: ${DEFAULT-VALUE}).")
    private int from;

    @Option(
            names = "--to",
            paramLabel = "POS",
            description = "End of the positions decoded, not included (default: the end).")
    private Integer to;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "8",
            description = "Prompts that go through the model together; changes no result (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--top-down", description = "First row on top.")
    private boolean topDown;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Write it as .html, .svg, .png, .csv or .json; may be repeated.")
    private List<Path> out = List.of();

    @Mixin
    private Output output;

    private final Services services;
    private final Terminal terminal;

    LensCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        out.forEach(LensFiles::ending); // a mistake that needn't wait for the model
        var screen = new Screen(terminal);
        var view = look(screen);
        if (output.json) {
            view.prompts().forEach(prompt -> screen.result(JsonLines.of(LensData.tree(view, prompt))));
        } else if (out.isEmpty()) {
            show(view, screen);
        }
        for (var file : out) {
            for (var written : services.write(view, file)) {
                if (!output.json) {
                    screen.result(written.toString());
                }
            }
        }
        return 0;
    }

    private LensView look(Screen screen) throws Exception {
        try (var progress = new PromptProgress(screen, "lens", output.silent())) {
            return services.lens(request(), progress);
        }
    }

    private TraceLens.Request request() {
        var spec = LensSpec.defaults()
                .withRows(!noInput, blockStep, subBlocks)
                .withNamedRows(rows)
                .withDecoder(decoder)
                .withPositions(from, Optional.ofNullable(to));
        return new TraceLens.Request(
                opened.model,
                new TraceLens.Given(
                        Optional.ofNullable(given.text),
                        Optional.ofNullable(given.tokens),
                        Optional.ofNullable(given.file)),
                spec,
                Optional.ofNullable(topK),
                shown == null ? Statistic.PROBABILITY : shown.statistic(),
                topDown,
                batch,
                opened.stream,
                opened.backend,
                opened.threads());
    }

    private void show(LensView view, Screen screen) {
        for (var prompt : view.prompts()) {
            if (view.prompts().size() > 1) {
                screen.result(prompt.name());
            }
            var best = topK == null ? 1 : topK;
            new LensTable(view, prompt.trajectory(), best, terminal).lines().forEach(screen::result);
            if (view.prompts().size() > 1) {
                screen.result("");
            }
        }
        if (!output.quiet) {
            screen.line(
                    String.join(" · ", view.model(), view.shape(), "decoder " + view.decoder(), key(view.statistic())));
        }
    }

    private String key(Statistic statistic) {
        boolean tokens = statistic == Statistic.PROBABILITY || statistic == Statistic.LOGIT;
        if (terminal.shading() == Terminal.Shading.NONE) {
            return tokens ? "each row's best next token" : statistic.words();
        }
        return (tokens ? "each row's best next token, shaded by the " : "") + statistic.words();
    }
}
