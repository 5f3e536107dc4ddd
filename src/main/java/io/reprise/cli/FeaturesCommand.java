package io.reprise.cli;

import io.reprise.experiment.ExtractFeatures;
import io.reprise.model.Site;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise features}. */
@Command(
        name = "features",
        header = "Write the activations of prompts at some sites to a safetensors file.",
        description = {
            "Runs the model as far as the last site, and no further. Every prompt and site gets a tensor named PROMPT/SITE, such as"
                    + " 0/blocks.6.hook_resid_post [pos, d_model]; PROMPT is the prompt's id, or its place in the file from 0.",
            "Prompts are padded on the right, where causal attention keeps the padding from being seen, and positions count from 0"
                    + " in every prompt: no result depends on what a prompt was batched with.",
            "A prompts file has a line {\"text\": \"…\"} or {\"tokens\": [464, 3290]} per prompt, with an \"id\" if you like.",
            "Sites have TransformerLens's names, or those of the model's own modules; reprise inspect lists them."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise features --model models/gpt2 --prompts prompts.jsonl --sites h.6 --out features.safetensors",
            "  reprise features --model runs/sorting/0c1d22aa/seed-11 --prompts p.jsonl \\",
            "      --sites blocks.0.attn.hook_pattern,blocks.0.hook_resid_post --out features.safetensors"
        })
final class FeaturesCommand implements Callable<Integer> {
    @Mixin
    private ModelOptions opened;

    @Option(
            names = "--prompts",
            required = true,
            paramLabel = "FILE",
            description = "A file of prompts, a JSON object a line.")
    private Path prompts;

    @Option(names = "--sites", required = true, split = ",", paramLabel = "SITE", description = "Sites, by name.")
    private List<String> sites;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where they are written.")
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

    FeaturesCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        var screen = new Screen(terminal);
        var request = new ExtractFeatures.Request(
                opened.model, prompts, sites, out, batch, opened.stream, opened.backend, opened.threads());
        ExtractFeatures.Written written;
        try (var progress = new PromptProgress(screen, "read", output.silent())) {
            written = services.features(request, progress);
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

    private static String words(ExtractFeatures.Written written) {
        var names = written.sites().stream().map(Site::name).collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "%s prompts · %s · %d of %d blocks ran · %.2f s",
                Figures.count(written.prompts()),
                names,
                written.blocks(),
                written.nLayers(),
                written.seconds());
    }

    private static Map<String, Object> json(ExtractFeatures.Written written) {
        var json = new LinkedHashMap<String, Object>();
        json.put("file", written.file().toString());
        json.put("prompts", written.prompts());
        json.put("sites", written.sites().stream().map(Site::name).toList());
        json.put("blocks", written.blocks());
        json.put("n_layers", written.nLayers());
        json.put("seconds", written.seconds());
        return json;
    }
}
