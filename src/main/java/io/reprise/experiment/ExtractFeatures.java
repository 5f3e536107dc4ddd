package io.reprise.experiment;

import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.model.Activations;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
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
import java.util.function.Consumer;
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
            for (int i = 0; i < ids.size(); i++) {
                check(ids.get(i), prompts.place(i), model.config());
            }
            Map<String, String> metadata = new LinkedHashMap<>();
            metadata.put("sites", ordered.stream().map(Site::name).collect(Collectors.joining(",")));
            metadata.put("padding", "right");
            metadata.put("positions", "from 0 in every prompt");
            Batches batches = new Batches(model, ids, ordered, request.batch(), done -> progress.at(done, ids.size()));
            SafetensorsWriter.writeAtomically(request.out(), metadata, entries(prompts, batches, model.config()));
            return new Written(
                    request.out(),
                    ids.size(),
                    ordered,
                    blocks(ordered, model.config()),
                    model.config().nLayers(),
                    (System.nanoTime() - start) / 1e9);
        }
    }

    private static void check(int[] ids, String place, ModelConfig config) {
        if (ids.length > config.nCtx()) {
            throw new IllegalArgumentException(place + ": the prompt has " + ids.length
                    + " tokens; this model sees at most n_ctx = " + config.nCtx() + ". Shorten it");
        }
        for (int id : ids) {
            if (id < 0 || id >= config.dVocab()) {
                throw new IllegalArgumentException(place + ": token id " + id
                        + " is outside this model's vocabulary of 0.." + (config.dVocab() - 1));
            }
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

    private static List<TensorEntry> entries(Prompts prompts, Batches batches, ModelConfig config) {
        List<TensorEntry> entries = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            int prompt = i;
            for (Site site : batches.sites) {
                entries.add(TensorEntry.lazy(
                        prompts.name(i) + "/" + site.name(),
                        withoutBatch(site.shape(config, 1, batches.ids.get(i).length)),
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

    /** Runs a batch when the first of its tensors is written, and forgets it when the next one's turn has come. */
    private static final class Batches {
        private final Transformer model;
        private final List<int[]> ids;
        private final List<Site> sites;
        private final int size;
        private final Consumer<Integer> done;
        private int first = -1;
        private int length;
        private Activations current = new Activations();

        Batches(Transformer model, List<int[]> ids, List<Site> sites, int size, Consumer<Integer> done) {
            this.model = model;
            this.ids = ids;
            this.sites = sites;
            this.size = size;
            this.done = done;
        }

        float[] values(int prompt, Site site) {
            if (first < 0 || prompt >= first + size) {
                run(prompt);
            }
            Activations.Value value = current.get(site);
            return unpadded(value, prompt - first, ids.get(prompt).length, site);
        }

        private void run(int from) {
            current = new Activations();
            first = from;
            List<int[]> batch = ids.subList(from, Math.min(ids.size(), from + size));
            length = batch.stream().mapToInt(one -> one.length).max().orElseThrow();
            int[] padded = new int[batch.size() * length];
            for (int i = 0; i < batch.size(); i++) {
                System.arraycopy(batch.get(i), 0, padded, i * length, batch.get(i).length);
            }
            current = model.run(new Tokens(padded, batch.size(), length), sites);
            done.accept(from + batch.size());
        }

        /** The own positions of one prompt: rows, and of attention's square also columns. */
        private float[] unpadded(Activations.Value value, int sequence, int own, Site site) {
            Shape shape = value.shape();
            boolean square = site.kind() == Site.Kind.PATTERN || site.kind() == Site.Kind.ATTN_SCORES;
            int groups = square ? shape.dim(1) : 1; // heads
            int width = square ? length : shape.size() / (shape.dim(0) * length);
            int kept = square ? own : width;
            float[] values = new float[groups * own * kept];
            for (int group = 0; group < groups; group++) {
                for (int position = 0; position < own; position++) {
                    int from = ((sequence * groups + group) * length + position) * width;
                    int to = (group * own + position) * kept;
                    for (int j = 0; j < kept; j++) {
                        values[to + j] = (float) value.data()[from + j];
                    }
                }
            }
            return values;
        }
    }
}
