package io.reprise.experiment;

import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.Transformer;
import io.reprise.tensor.Shape;
import io.reprise.text.Prompts;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.TensorEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes activations of prompts to a safetensors file: for every prompt and site a tensor {@code prompt/site} without the batch
 * axis, as {@code 0/blocks.6.hook_resid_post} [pos, d_model]. Prompts go through the model in batches, padded on the right where
 * causal attention keeps the padding from being seen; positions count from 0 in every prompt. On the CPU backend no bit depends
 * on what a prompt was batched with.
 */
public final class ExtractFeatures {
    private ExtractFeatures() {}

    /**
     * What is asked for.
     *
     * @param model a model directory or a run directory
     * @param sites names of sites or of the family's modules
     * @param batch prompts that go through the model together
     */
    public record Request(
            Path model,
            Path prompts,
            List<String> sites,
            Path out,
            int batch,
            boolean stream,
            BackendChoice backend,
            int threads) {
        public Request {
            sites = List.copyOf(sites);
            if (batch < 1) {
                throw new IllegalArgumentException("batch = " + batch + "; expected 1 or more");
            }
        }
    }

    /**
     * What was written.
     *
     * @param sites in the order of the forward pass
     * @param blocks of {@code nLayers} blocks, how many had to run
     */
    public record Written(Path file, int prompts, List<Site> sites, int blocks, int nLayers, double seconds) {}

    /**
     * @throws IllegalArgumentException for prompts or sites that the model can't take, before anything is written
     */
    public static Written extract(Request request, PromptEvents progress) throws IOException {
        Prompts prompts = Prompts.read(request.prompts());
        long start = System.nanoTime();
        try (OpenModel open = OpenModel.open(
                request.model(), request.backend(), request.threads(), request.stream(), progress::note)) {
            Transformer model = open.model();
            Set<Site> sites = new LinkedHashSet<>();
            request.sites().forEach(name -> sites.add(open.directory().site(name)));
            List<Site> ordered = sites.stream().sorted().toList();
            List<int[]> ids = prompts.encode(open.tokenizer());
            PromptBatches.check(prompts, ids, model.config());
            Map<String, String> metadata = new LinkedHashMap<>();
            metadata.put("sites", ordered.stream().map(Site::name).collect(Collectors.joining(",")));
            metadata.put("padding", "right");
            metadata.put("positions", "from 0 in every prompt");
            PromptBatches batches =
                    new PromptBatches(model, ids, ordered, request.batch(), done -> progress.at(done, ids.size()));
            SafetensorsWriter.writeAtomically(
                    request.out(), metadata, entries(prompts, ids, batches, ordered, model.config()));
            return new Written(
                    request.out(),
                    ids.size(),
                    ordered,
                    blocks(ordered, model.config()),
                    model.config().nLayers(),
                    (System.nanoTime() - start) / 1e9);
        }
    }

    /** Blocks that a partial forward pass runs to reach the last of {@code sites}. */
    private static int blocks(List<Site> sites, ModelConfig config) {
        Site last = sites.get(sites.size() - 1);
        if (last.kind().inBlock()) {
            return last.layer() + (last.kind() == Site.Kind.RESID_PRE ? 0 : 1);
        }
        return last.compareTo(Site.of(Site.Kind.LN_FINAL)) >= 0 ? config.nLayers() : 0;
    }

    private static List<TensorEntry> entries(
            Prompts prompts, List<int[]> ids, PromptBatches batches, List<Site> sites, ModelConfig config) {
        List<TensorEntry> entries = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            int prompt = i;
            for (Site site : sites) {
                entries.add(TensorEntry.lazy(
                        prompts.name(i) + "/" + site.name(),
                        withoutBatch(site.shape(config, 1, ids.get(i).length)),
                        () -> batches.values(prompt, site)));
            }
        }
        return entries;
    }

    private static Shape withoutBatch(Shape shape) {
        int[] dims = shape.toArray();
        int[] rest = new int[dims.length - 1];
        System.arraycopy(dims, 1, rest, 0, rest.length);
        return Shape.of(rest);
    }
}
