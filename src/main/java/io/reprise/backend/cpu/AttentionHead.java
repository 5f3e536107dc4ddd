package io.reprise.backend.cpu;

import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Span;
import io.reprise.backend.cpu.ProductKernel.Start;
import java.util.Arrays;

/**
 * One head of one sequence ("pair" = sequence·heads + head), on the calling thread. With P = softmax(scale·QKᵀ) by row: Z = PV.
 *
 * <p>A block of queries starts its keys at a multiple of {@link ProductKernel#DEPTH}, so that a sum over keys is cut at the same
 * keys whatever the block and the sequence's length: a row's bits are those it would have as the last of a shorter sequence.
 */
final class AttentionHead {
    /** Queries to a block. */
    static final int QUERIES = 128;

    private static final int PATTERN_SLOT = Scratch.CALLER;
    static final int DERIVATIVE_SLOT = Scratch.CALLER + 1;

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
    static final class Block {
        final int from;
        final int to;
        final int start;
        final float[] pattern;
        final int at;
        final int stride;

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
     * Up to {@link #QUERIES} queries from {@code from} on, their pattern taken from {@code kept} or made.
     *
     * @param end no query from there on is wanted
     * @param kept patterns of all pairs, or null
     * @param fresh whether a kept pattern is to be made first
     */
    Block block(float[] qkv, int pair, int from, int end, float[] kept, boolean fresh, Scratch scratch) {
        int to = Math.min(end, from + QUERIES);
        Block block;
        if (kept == null) {
            int start = spec.firstKey(from) / ProductKernel.DEPTH * ProductKernel.DEPTH;
            int stride = padded(to - start);
            block = new Block(from, to, start, scratch.floats(PATTERN_SLOT, (to - from) * stride), 0, stride);
        } else {
            int stride = padded(spec.length()); // short sequences only: their keys start at 0
            block = new Block(from, to, 0, kept, (pair * spec.length() + from) * stride, stride);
        }
        if (kept == null || fresh) {
            score(qkv, pair, block, scratch);
            softmax.attention(
                    block.pattern,
                    block.at,
                    block.stride,
                    block.queries(),
                    block.stride,
                    from,
                    block.start,
                    spec.window(),
                    (float) spec.scale());
        }
        return block;
    }

    /** Row {@code position} of the pair's q (part 0), k (1) or v (2). */
    int packed(int pair, int position, int part) {
        return packed(0, pair, position, part, spec.all());
    }

    /** The same in copy {@code copy} of matrices that have the positions {@code rows} only. */
    int packed(int copy, int pair, int position, int part, Span rows) {
        return rowOf(copy, pair, position, rows) * row + part * width + pair % spec.heads() * dHead;
    }

    /** The pair's row {@code position} in copy {@code copy} of matrices with rows of z, at the positions {@code rows}. */
    int mixed(int copy, int pair, int position, Span rows) {
        return rowOf(copy, pair, position, rows) * width + pair % spec.heads() * dHead;
    }

    private int rowOf(int copy, int pair, int position, Span rows) {
        int sequence = pair / spec.heads();
        return (copy * spec.batch() + sequence) * rows.length() + position - rows.from();
    }

    int packedWidth() {
        return row;
    }

    int mixedWidth() {
        return width;
    }

    /** QKᵀ of a block, unscaled and unmasked. */
    private void score(float[] qkv, int pair, Block block, Scratch scratch) {
        queriesByKeys(
                block.queries(),
                block.keys(),
                qkv,
                packed(pair, block.from, 0),
                row,
                qkv,
                packed(pair, block.start, 1),
                block.pattern,
                block.at,
                block.stride,
                Start.EMPTY,
                scratch);
    }

    /** out (+)= A·Bᵀ with a row of A per query and a row of B (packed rows) per key. */
    void queriesByKeys(
            int queries,
            int keys,
            float[] a,
            int aAt,
            int aRow,
            float[] b,
            int bAt,
            float[] out,
            int outAt,
            int outRow,
            Start start,
            Scratch scratch) {
        product.multiply(
                queries, keys, dHead, a, aAt, aRow, 1, b, bAt, 1, row, out, outAt, outRow, start, out, 0, scratch);
    }

    /** out (+)= S·B with S [query, key] and a row of B (packed rows) per key. */
    void mix(
            int queries,
            int keys,
            float[] s,
            int sAt,
            int sRow,
            float[] b,
            int bAt,
            float[] out,
            int outAt,
            int outRow,
            Start start,
            Scratch scratch) {
        product.multiply(
                queries, dHead, keys, s, sAt, sRow, 1, b, bAt, row, 1, out, outAt, outRow, start, out, 0, scratch);
    }

    /** out (+)= Sᵀ·A with S [query, key] and a row of A per query; out has packed rows, one per key. */
    void mixBack(
            int queries,
            int keys,
            float[] s,
            int sAt,
            int sRow,
            float[] a,
            int aAt,
            int aRow,
            float[] out,
            int outAt,
            Start start,
            Scratch scratch) {
        product.multiply(
                keys, dHead, queries, s, sAt, 1, sRow, a, aAt, aRow, 1, out, outAt, row, start, out, 0, scratch);
    }

    /** z of the pair; fills {@code kept} if it is not null. */
    void forward(float[] qkv, int pair, float[] kept, float[] z, Scratch scratch) {
        for (int from = 0; from < spec.length(); from += QUERIES) {
            Block block = block(qkv, pair, from, spec.length(), kept, true, scratch);
            mix(
                    block.queries(),
                    block.keys(),
                    block.pattern,
                    block.at,
                    block.stride,
                    qkv,
                    packed(pair, block.start, 2),
                    z,
                    mixed(0, pair, from, spec.all()),
                    width,
                    Start.EMPTY,
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
            Block block = block(qkv, pair, from, length, kept, false, scratch);
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
