package io.reprise.experiment;

import io.reprise.model.Activations;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Shape;
import io.reprise.text.Prompts;
import java.util.List;
import java.util.function.Consumer;

/**
 * Prompts that go through a model in batches, padded on the right: a batch runs when the first of its values is asked for, and is
 * forgotten when the next one's turn has come.
 */
final class PromptBatches {
    private final Transformer model;
    private final List<int[]> ids;
    private final List<Site> sites;
    private final int size;
    private final Consumer<Integer> done;
    private int first = -1;
    private int length;
    private Activations current = new Activations();

    PromptBatches(Transformer model, List<int[]> ids, List<Site> sites, int size, Consumer<Integer> done) {
        this.model = model;
        this.ids = ids;
        this.sites = sites;
        this.size = size;
        this.done = done;
    }

    /**
     * @throws IllegalArgumentException for the first prompt that the model can't take
     */
    static void check(Prompts prompts, List<int[]> ids, ModelConfig config) {
        for (int i = 0; i < ids.size(); i++) {
            check(ids.get(i), prompts.place(i), config);
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

    /** A site's numbers at the prompt's own positions; prompts are asked for in order. */
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
