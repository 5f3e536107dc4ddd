package io.reprise.analysis.lens;

import io.reprise.analysis.lens.LensSpec.Range;
import io.reprise.backend.Scope;
import io.reprise.model.Decoder;
import io.reprise.model.ModelConfig;
import io.reprise.model.StreamParts;
import io.reprise.model.StreamPoint;
import io.reprise.model.StreamPoint.Part;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Decodes the residual stream at every row and asked position. One pass upwards keeps the rows' streams; the decoder's blocks
 * then take all of them up together; final norm, unembedding and statistics go in pieces ({@link Reader}), so that a vocabulary
 * never stands in memory for all cells.
 *
 * <p>Every row decodes its own true stream, whatever the block step. On the CPU backend no bit depends on the positions asked
 * for or on the prompts in the same batch, and the last row is the model's own output bit for bit. A decoder that leaves out
 * modules gets a row {@code logits} of the model's own output as its last.
 */
public final class Lens {
    private final Transformer model;
    private final ModelConfig config;
    private final LensSpec spec;
    private final Decoder decoder;
    private final List<StreamPoint> points;
    private final int mostLogits;

    /** @throws IllegalArgumentException if the spec names rows, modules or tokens that the model has not */
    public Lens(Transformer model, LensSpec spec) {
        this(model, spec, Reader.MOST_LOGITS);
    }

    /** @param mostLogits numbers in memory at a time */
    Lens(Transformer model, LensSpec spec, int mostLogits) {
        this.mostLogits = mostLogits;
        this.model = model;
        this.config = model.config();
        this.spec = spec;
        this.decoder = Decoder.parse(spec.decoder(), config);
        this.points = spec.points(config, decoder);
        if (spec.topK() > config.dVocab()) {
            throw new IllegalArgumentException("top_k = " + spec.topK() + " is more than the vocabulary of "
                    + config.dVocab() + "; expected 1 to " + config.dVocab());
        }
        for (int token : spec.follow()) {
            if (token < 0 || token >= config.dVocab()) {
                throw new IllegalArgumentException(
                        "token id " + token + " is outside this model's vocabulary of 0.." + (config.dVocab() - 1));
            }
        }
    }

    public Decoder decoder() {
        return decoder;
    }

    /** Names of the rows, first to last. */
    public List<Trajectory.Row> rows() {
        List<Trajectory.Row> rows = new ArrayList<>();
        for (StreamPoint point : points) {
            boolean half = spec.subBlocks() && point.part() == Part.BLOCK && !config.attnOnly();
            String name = half ? "blocks." + point.layer() + ".mlp" : point.name();
            rows.add(new Trajectory.Row(name, point.siteName(config), point.depth()));
        }
        if (!decoder.isSuffix()) {
            rows.add(new Trajectory.Row("logits", "logits", config.nLayers()));
        }
        return rows;
    }

    /**
     * Several prompts; an error names the one it is about by its place, from 0.
     *
     * @param batch prompts that go through the model together
     * @param done hears how many prompts are done
     * @throws IllegalArgumentException if a prompt is empty, longer than n_ctx or without the positions asked for
     */
    public List<Trajectory> trace(List<int[]> prompts, int batch, IntConsumer done) {
        if (batch < 1) {
            throw new IllegalArgumentException("batch = " + batch + "; expected 1 or more");
        }
        for (int n = 0; n < prompts.size(); n++) {
            try {
                check(prompts.get(n));
            } catch (IllegalArgumentException e) {
                throw prompts.size() == 1 ? e : new IllegalArgumentException("prompt " + n + ": " + e.getMessage(), e);
            }
        }
        List<Trajectory> trajectories = new ArrayList<>();
        for (int from = 0; from < prompts.size(); from += batch) {
            trajectories.addAll(together(prompts.subList(from, Math.min(prompts.size(), from + batch))));
            done.accept(trajectories.size());
        }
        return trajectories;
    }

    public Trajectory trace(int... prompt) {
        return trace(List.of(prompt), 1, n -> {}).get(0);
    }

    /** @throws IllegalArgumentException if the prompt is empty, longer than n_ctx or without the positions asked for */
    public void check(int... prompt) {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("the prompt is empty; give at least one token");
        }
        if (prompt.length > config.nCtx()) {
            throw new IllegalArgumentException("the prompt has " + prompt.length
                    + " tokens; this model sees at most n_ctx = " + config.nCtx() + ". Shorten it");
        }
        for (int token : prompt) {
            if (token < 0 || token >= config.dVocab()) {
                throw new IllegalArgumentException(
                        "token id " + token + " is outside this model's vocabulary of 0.." + (config.dVocab() - 1));
            }
        }
        spec.range(prompt.length);
    }

    /** Shorter prompts are padded on the right, where causal attention keeps the padding from being seen. */
    private List<Trajectory> together(List<int[]> prompts) {
        int length = prompts.stream().mapToInt(prompt -> prompt.length).max().orElseThrow();
        int[] ids = new int[prompts.size() * length];
        List<Range> ranges = new ArrayList<>();
        List<Integer> asked = new ArrayList<>();
        for (int n = 0; n < prompts.size(); n++) {
            int[] prompt = prompts.get(n);
            System.arraycopy(prompt, 0, ids, n * length, prompt.length);
            Range range = spec.range(prompt.length);
            ranges.add(range);
            for (int position = range.from(); position < range.to(); position++) {
                asked.add(n * length + position);
            }
        }
        int[] rows = asked.stream().mapToInt(Integer::intValue).toArray();
        Tokens tokens = new Tokens(ids, prompts.size(), length);
        try (Scope scope = model.backend().scope()) {
            List<Tensor> streams = streams(tokens, rows);
            return new Reader(model, spec, mostLogits, rows(), prompts, ranges).read(streams);
        }
    }

    /** One stream [asked positions, d_model] per row, ready for the final norm. In the caller's scope. */
    private List<Tensor> streams(Tokens tokens, int[] asked) {
        StreamParts parts = new StreamParts(model);
        int batch = tokens.batch();
        int length = tokens.length();
        List<Tensor> kept = new ArrayList<>();
        Tensor x = parts.embed(tokens);
        keep(StreamPoint.INPUT, x, asked, kept);
        int last = decoder.isSuffix() ? decoder.entry().layer() : config.nLayers() - 1;
        for (int layer = 0; layer <= last; layer++) {
            StreamPoint half = StreamPoint.afterAttention(layer);
            Tensor before = x;
            if (points.contains(half)) {
                Tensor mid = parts.attention(layer, before, batch, length);
                keep(half, mid, asked, kept);
                x = parts.mlp(layer, config.parallelAttnMlp() ? before : mid, mid);
                mid.close();
            } else {
                x = parts.block(layer, before, batch, length);
            }
            before.close();
            keep(StreamPoint.after(layer), x, asked, kept);
        }
        Optional<Tensor> whole = decoder.isSuffix()
                ? Optional.empty()
                : Optional.of(model.backend().rows(x, asked));
        x.close();
        decoder.advance(model, kept, batch, length);
        if (decoder.mixesPositions()) {
            kept.replaceAll(stream -> selected(stream, asked));
        }
        whole.ifPresent(kept::add);
        return kept;
    }

    private void keep(StreamPoint point, Tensor x, int[] asked, List<Tensor> kept) {
        if (points.contains(point)) {
            int[] rows = decoder.mixesPositions()
                    ? IntStream.range(0, x.shape().rows()).toArray()
                    : asked;
            kept.add(model.backend().rows(x, rows));
        }
    }

    private Tensor selected(Tensor stream, int[] asked) {
        Tensor part = model.backend().rows(stream, asked);
        stream.close();
        return part;
    }
}
