package io.reprise.analysis.relation.jacobian;

import io.reprise.analysis.relation.End;
import io.reprise.analysis.relation.Ends;
import io.reprise.backend.Applied;
import io.reprise.backend.Backend;
import io.reprise.backend.Derivative;
import io.reprise.backend.Span;
import io.reprise.model.ModelConfig;
import io.reprise.model.StreamParts;
import io.reprise.model.Transformer;
import io.reprise.tensor.DType;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The blocks between two ends at one prompt, and the positions that matter in each: of the first only the subject's input moves,
 * of the last only the position of z is asked for, and between them those that can see the subject.
 */
final class BlocksBetween {
    /** Rows of a product: enough for full speed, few enough for the caches. */
    private static final int ROWS = 1536;

    private final Backend backend;
    private final ModelConfig config;
    private final StreamParts parts;
    private final Ends ends;
    private final Span subject;
    private final Span seeing;
    private final Span last;

    /**
     * @param subject position of h
     * @param target position of z
     * @throws IllegalArgumentException if z can't depend on h
     */
    BlocksBetween(Transformer model, Ends ends, int subject, int target) {
        this.backend = model.backend();
        this.config = model.config();
        this.parts = new StreamParts(model);
        this.ends = ends;
        if (target < subject || (first() == end() && target != subject)) {
            throw new IllegalArgumentException(
                    "z at position " + target + " does not depend on h at position " + subject
                            + (target < subject
                                    ? ": attention is causal; let z be at the same position or a later one"
                                    : " where no block lies between " + ends.from() + " and " + ends.to()
                                            + "; start from an earlier layer"));
        }
        this.subject = new Span(subject, subject + 1);
        this.seeing = new Span(subject, target + 1);
        this.last = new Span(target, target + 1);
    }

    Backend backend() {
        return backend;
    }

    int width() {
        return config.dModel();
    }

    int subject() {
        return subject.from();
    }

    int target() {
        return last.from();
    }

    /** The block that reads h. */
    int first() {
        return ends.from().blocks();
    }

    /** The block after the last one. */
    int end() {
        return ends.to().kind() == End.Kind.LN_FINAL
                ? config.nLayers()
                : ends.to().blocks();
    }

    int count() {
        return end() - first();
    }

    Span in(int layer) {
        return layer == first() ? subject : seeing;
    }

    Span out(int layer) {
        return layer == end() - 1 ? last : seeing;
    }

    /** What the next block reads, [pos, d_model], in the caller's scope. */
    Tensor advance(int layer, Tensor x) {
        return parts.block(layer, x, 1, x.shape().rows());
    }

    /** What each block reads, and what comes out of the last one, from below; in the caller's scope. */
    List<Tensor> streams(Tensor first) {
        List<Tensor> streams = new ArrayList<>(List.of(first));
        for (int layer = first(); layer < end(); layer++) {
            streams.add(advance(layer, streams.get(streams.size() - 1)));
        }
        return streams;
    }

    /** The block's derivative from {@link #in} to {@link #out}, in the caller's scope. */
    Derivative derivative(int layer, Tensor x) {
        return parts.derivative(layer, x, in(layer), out(layer));
    }

    /** The whole block's derivative at every position, in the caller's scope. */
    Applied whole(int layer, Tensor x) {
        return parts.applied(layer, x, 1, x.shape().rows());
    }

    /** The final norm at the position of z, in the caller's scope, if z comes after it. */
    Optional<Applied> norm(Tensor x) {
        return ends.to().kind() == End.Kind.LN_FINAL
                ? parts.finalNorm(backend.rows(x, new int[] {target()}))
                : Optional.empty();
    }

    /** z [1, d_model], given what comes out of the last block, in the caller's scope. */
    Tensor z(Tensor x) {
        return norm(x).map(Applied::value).orElseGet(() -> backend.rows(x, new int[] {target()}));
    }

    /** Vectors that go through a block together. */
    int chunk() {
        return Math.max(1, ROWS / seeing.length());
    }

    /** Vectors that fit into {@code bytes} between two blocks, with the workings of one chunk. */
    int group(long bytes) {
        long number = backend.dtype() == DType.FLOAT64 ? 8 : 4;
        long heads = (long) config.nHeads() * config.dHead();
        long row = 7 * heads + 6L * config.dModel() + 2L * config.dMlp();
        long workings = number * row * chunk() * seeing.length();
        long each = number * config.dModel() * seeing.length();
        return (int) Math.max(chunk(), Math.min(Integer.MAX_VALUE, (bytes - workings) / each));
    }
}
