package io.reprise.backend.cpu;

import io.reprise.backend.AttentionSpec;
import io.reprise.backend.cpu.ProductKernel.Start;
import java.util.Arrays;

/**
 * One head of one sequence ("pair" = sequence·heads + head), on the calling thread. With P = softmax(scale·QKᵀ) by row:
 * Z = PV, and dP → dS = scale·P∘(dP - Σ P∘dP) in both directions.
 *
 * <p>A block of queries starts its keys at a multiple of {@link ProductKernel#DEPTH}, so that a sum over keys is cut at the same
 * keys whatever the block and the sequence's length: a row's bits are those it would have as the last of a shorter sequence.
 */
final class AttentionHead {
    /** Queries to a block. */
    static final int QUERIES = 128;

    private static final int PATTERN_SLOT = Scratch.CALLER;
    private static final int DERIVATIVE_SLOT = Scratch.CALLER + 1;

    private final ProductKernel product;
    private final SoftmaxKernel softmax;
    private final AttentionSpec spec;
    private final int dHead;
    private final int width;
    private final int row;

    AttentionHead(Kernels kernels, AttentionSpec spec) {
        this.product = kernels.product();
        this.softmax = kernels.softmax();
        this.spec = spec;
        this.dHead = spec.dHead();
        this.width = spec.width();
        this.row = 3 * width;
    }

    /** {@code keys} rounded up to whole vectors. */
    int padded(int keys) {
        return (keys + NormKernel.LANES - 1) / NormKernel.LANES * NormKernel.LANES;
    }

    /** Queries from..to, their keys start..to, and where their pattern stands. */
    private static final class Block {
        private final int from;
        private final int to;
        private final int start;
        private final float[] pattern;
        private final int at;
        private final int stride;

        Block(int from, int to, int start, float[] pattern, int at, int stride) {
            this.from = from;
            this.to = to;
            this.start = start;
            this.pattern = pattern;
            this.at = at;
            this.stride = stride;
        }

        int queries() {
            return to - from;
        }

        int keys() {
            return to - start;
        }
    }

    /**
     * The block from query {@code from} on, its pattern taken from {@code kept} or made.
     *
     * @param kept patterns of all pairs, or null
     * @param fresh whether a kept pattern is to be made first
     */
    private Block block(float[] qkv, int pair, int from, float[] kept, boolean fresh, Scratch scratch) {
        int to = Math.min(spec.length(), from + QUERIES);
        int start = spec.firstKey(from) / ProductKernel.DEPTH * ProductKernel.DEPTH;
        int stride = padded(to - start);
        Block block = kept == null
                ? new Block(from, to, start, scratch.floats(PATTERN_SLOT, (to - from) * stride), 0, stride)
                : new Block(from, to, start, kept, pair * spec.length() * stride, stride);
        if (kept == null || fresh) {
            score(qkv, pair, block, scratch);
            softmax.attention(
                    block.pattern, block.at, stride, block.queries(), stride, from, start, spec.window(), (float)
                            spec.scale());
        }
        return block;
    }

    /** Row {@code position} of the pair's q (part 0), k (1) or v (2), in matrices with rows of q, k and v. */
    private int packed(int copy, int pair, int position, int part) {
        int sequence = pair / spec.heads();
        return ((copy * spec.batch() + sequence) * spec.length() + position) * row
                + part * width
                + pair % spec.heads() * dHead;
    }

    /** The pair's row {@code position} in matrices with rows of z. */
    private int mixed(int copy, int pair, int position) {
        int sequence = pair / spec.heads();
        return ((copy * spec.batch() + sequence) * spec.length() + position) * width + pair % spec.heads() * dHead;
    }

    /** QKᵀ of a block, unscaled and unmasked. */
    private void score(float[] qkv, int pair, Block block, Scratch scratch) {
        queriesByKeys(
                block,
                qkv,
                packed(0, pair, block.from, 0),
                row,
                qkv,
                packed(0, pair, block.start, 1),
                block.pattern,
                block.at,
                Start.EMPTY,
                scratch);
    }

    /** out (+)= A·Bᵀ with a row of A per query and a row of B (packed rows) per key. */
    private void queriesByKeys(
            Block block,
            float[] a,
            int aAt,
            int aRow,
            float[] b,
            int bAt,
            float[] out,
            int outAt,
            Start start,
            Scratch scratch) {
        product.multiply(
                block.queries(),
                block.keys(),
                dHead,
                a,
                aAt,
                aRow,
                1,
                b,
                bAt,
                1,
                row,
                out,
                outAt,
                block.stride,
                start,
                out,
                0,
                scratch);
    }

    /** out (+)= S·B with S [query, key] and a row of B (packed rows) per key. */
    private void mix(
            Block block,
            float[] s,
            int sAt,
            float[] b,
            int bAt,
            float[] out,
            int outAt,
            int outRow,
            Start start,
            Scratch scratch) {
        product.multiply(
                block.queries(),
                dHead,
                block.keys(),
                s,
                sAt,
                block.stride,
                1,
                b,
                bAt,
                row,
                1,
                out,
                outAt,
                outRow,
                start,
                out,
                0,
                scratch);
    }

    /** out (+)= Sᵀ·A with S [query, key] and a row of A per query; out has packed rows, one per key. */
    private void mixBack(
            Block block,
            float[] s,
            int sAt,
            float[] a,
            int aAt,
            int aRow,
            float[] out,
            int outAt,
            Start start,
            Scratch scratch) {
        product.multiply(
                block.keys(),
                dHead,
                block.queries(),
                s,
                sAt,
                1,
                block.stride,
                a,
                aAt,
                aRow,
                1,
                out,
                outAt,
                row,
                start,
                out,
                0,
                scratch);
    }

    /** z of the pair; fills {@code kept} if it is not null. */
    void forward(float[] qkv, int pair, float[] kept, float[] z, Scratch scratch) {
        for (int from = 0; from < spec.length(); from += QUERIES) {
            Block block = block(qkv, pair, from, kept, true, scratch);
            mix(
                    block,
                    block.pattern,
                    block.at,
                    qkv,
                    packed(0, pair, block.start, 2),
                    z,
                    mixed(0, pair, from),
                    width,
                    Start.EMPTY,
                    scratch);
        }
    }

    /** dZ = dP·V + P·dV, from the tangents' copy {@code copy}. */
    void pushforward(float[] qkv, int pair, float[] kept, float[] tangents, int copy, float[] out, Scratch scratch) {
        for (int from = 0; from < spec.length(); from += QUERIES) {
            Block block = block(qkv, pair, from, kept, false, scratch);
            float[] ds = scratch.floats(DERIVATIVE_SLOT, block.queries() * block.stride);
            queriesByKeys(
                    block,
                    tangents,
                    packed(copy, pair, from, 0),
                    row,
                    qkv,
                    packed(0, pair, block.start, 1),
                    ds,
                    0,
                    Start.EMPTY,
                    scratch);
            queriesByKeys(
                    block,
                    qkv,
                    packed(0, pair, from, 0),
                    row,
                    tangents,
                    packed(copy, pair, block.start, 1),
                    ds,
                    0,
                    Start.SUM,
                    scratch);
            derive(block, ds);
            int to = mixed(copy, pair, from);
            mix(block, ds, 0, qkv, packed(0, pair, block.start, 2), out, to, width, Start.EMPTY, scratch);
            mix(
                    block,
                    block.pattern,
                    block.at,
                    tangents,
                    packed(copy, pair, block.start, 2),
                    out,
                    to,
                    width,
                    Start.SUM,
                    scratch);
        }
    }

    private void derive(Block block, float[] ds) {
        softmax.derivative(
                block.pattern, block.at, ds, 0, block.stride, block.queries(), block.keys(), block.stride, (float)
                        spec.scale());
    }

    /** dQ = dS·K, dK = dSᵀ·Q, dV = Pᵀ·dZ, from the cotangents' copy {@code copy} into packed rows. */
    void pullback(float[] qkv, int pair, float[] kept, float[] cotangents, int copy, float[] out, Scratch scratch) {
        boolean blocks = spec.length() > QUERIES;
        if (blocks) {
            for (int position = 0; position < spec.length(); position++) {
                int k = packed(copy, pair, position, 1);
                int v = packed(copy, pair, position, 2);
                Arrays.fill(out, k, k + dHead, 0f);
                Arrays.fill(out, v, v + dHead, 0f);
            }
        }
        Start start = blocks ? Start.SUM : Start.EMPTY;
        for (int from = 0; from < spec.length(); from += QUERIES) {
            Block block = block(qkv, pair, from, kept, false, scratch);
            float[] ds = scratch.floats(DERIVATIVE_SLOT, block.queries() * block.stride);
            int u = mixed(copy, pair, from);
            queriesByKeys(
                    block, cotangents, u, width, qkv, packed(0, pair, block.start, 2), ds, 0, Start.EMPTY, scratch);
            derive(block, ds);
            mix(
                    block,
                    ds,
                    0,
                    qkv,
                    packed(0, pair, block.start, 1),
                    out,
                    packed(copy, pair, from, 0),
                    row,
                    Start.EMPTY,
                    scratch);
            mixBack(
                    block,
                    ds,
                    0,
                    qkv,
                    packed(0, pair, from, 0),
                    row,
                    out,
                    packed(copy, pair, block.start, 1),
                    start,
                    scratch);
            mixBack(
                    block,
                    block.pattern,
                    block.at,
                    cotangents,
                    u,
                    width,
                    out,
                    packed(copy, pair, block.start, 2),
                    start,
                    scratch);
        }
    }

    /** The pair's [query, key] of {@code out} [batch, heads, query, key]. */
    void pattern(float[] qkv, int pair, float[] kept, float[] out, Scratch scratch) {
        square(qkv, pair, kept, false, 0f, out, scratch);
    }

    /** As {@link #pattern}, of scaled scores. */
    void scores(float[] qkv, int pair, float[] out, Scratch scratch) {
        square(qkv, pair, null, true, Float.NEGATIVE_INFINITY, out, scratch);
    }

    private void square(
            float[] qkv, int pair, float[] kept, boolean scores, float hidden, float[] out, Scratch scratch) {
        int length = spec.length();
        for (int from = 0; from < length; from += QUERIES) {
            Block block = block(qkv, pair, from, kept, false, scratch);
            if (scores) {
                score(qkv, pair, block, scratch);
            }
            for (int query = from; query < block.to; query++) {
                int at = (pair * length + query) * length;
                Arrays.fill(out, at, at + length, hidden);
                for (int key = spec.firstKey(query); key <= query; key++) {
                    float x = block.pattern[block.at + (query - from) * block.stride + key - block.start];
                    out[at + key] = scores ? x * (float) spec.scale() : x;
                }
            }
        }
    }
}
