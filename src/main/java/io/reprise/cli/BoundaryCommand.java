package io.reprise.cli;

import io.reprise.experiment.SaveBoundary;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise relation boundary}. */
@Command(
        name = "boundary",
        header = "Run a model's lower blocks, and write what its upper part starts from.",
        description = {
            "Runs blocks 0 to L-1, and nothing above them. Every prompt gets NAME/blocks.L.hook_resid_pre [pos, d_model] in"
                    + " float32 and NAME/tokens [pos]; NAME is the prompt's id, or its place in the file from 0.",
            "The part that reprise split writes with the same L continues from them, on another machine if need be; on an equal"
                    + " one the results are the whole model's, bit for bit. The file knows its model: another one's part is"
                    + " refused.",
            "A prompts file has a line {\"text\": \"…\"} or {\"tokens\": [464, 3290]} per prompt, with an \"id\" if you like."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise relation boundary --model models/gpt2 --break-layer 6 --prompts prompts.jsonl --out b.safetensors",
            "  reprise relation boundary --model models/gpt-neox-20b --stream --break-layer 24 --prompts p.jsonl \\",
            "      --out b.safetensors"
        })
final class BoundaryCommand implements Callable<Integer> {
    @Mixin
    private ModelOptions opened;

    @Option(
            names = "--break-layer",
            required = true,
            paramLabel = "L",
            description = "The first block that doesn't run, from 1 to the last.")
    private int breakLayer;

    @Option(
            names = "--prompts",
            required = true,
            paramLabel = "FILE",
            description = "A file of prompts, a JSON object a line.")
    private Path prompts;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where the states are written.")
    private Path out;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "8",
            description = "Prompts that go through the model together; changes no result (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Mixin
    private Output output;

    private final Services services;
    private final Terminal terminal;

    BoundaryCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        var screen = new Screen(terminal);
        var request = new SaveBoundary.Request(
                opened.model, breakLayer, prompts, out, batch, opened.stream, opened.backend, opened.threads());
        SaveBoundary.Written written;
        try (var progress = new PromptProgress(screen, "read", output.silent())) {
            written = services.boundary(request, progress);
        }
        if (output.json) {
            screen.result(JsonLines.of(json(written)));
            return 0;
        }
        if (!output.quiet) {
            screen.line(words(written));
        }
        screen.result(written.file().toString());
        return 0;
    }

    private static String words(SaveBoundary.Written written) {
        return String.format(
                Locale.ROOT,
                "%s prompts, %s positions · blocks.%d.hook_resid_pre · %d of %d blocks ran · %.2f s",
                Figures.count(written.prompts()),
                Figures.count(written.positions()),
                written.breakLayer(),
                written.breakLayer(),
                written.nLayers(),
                written.seconds());
    }

    private static Map<String, Object> json(SaveBoundary.Written written) {
        var json = new LinkedHashMap<String, Object>();
        json.put("file", written.file().toString());
        json.put("prompts", written.prompts());
        json.put("positions", written.positions());
        json.put("break_layer", written.breakLayer());
        json.put("n_layers", written.nLayers());
        json.put("seconds", written.seconds());
        return json;
    }
}
