package io.reprise.backend.cpu;

import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Span;
import io.reprise.backend.cpu.AttentionHead.Block;
import io.reprise.backend.cpu.ProductKernel.Start;
import java.util.Arrays;

/**
 * One head's derivative between positions, on the calling thread: dS = scale·P∘(dP - Σ P∘dP) in both directions. Products are
 * taken over the queries and keys that have a tangent, or are asked for, and no others.
 */
final class HeadDerivative {
    private static final int SLOT = AttentionHead.DERIVATIVE_SLOT;

    private final AttentionHead head;
    private final SoftmaxKernel softmax;
    private final AttentionSpec spec;
    private final Span in;
    private final Span out;

    HeadDerivative(Kernels kernels, AttentionHead head, AttentionSpec spec, Span in, Span out) {
        this.head = head;
        this.softmax = kernels.softmax();
        this.spec = spec;
        this.in = in;
        this.out = out;
    }

    /** A block's queries and keys that are among {@code in}: ownFrom..ownTo, keyFrom..keyTo. */
    private final class Inside {
        private final int ownFrom;
        private final int ownTo;
        private final int keyFrom;
        private final int keyTo;

        Inside(Block block) {
            ownFrom = Math.max(block.from, in.from());
            ownTo = Math.max(ownFrom, Math.min(block.to, in.to()));
            keyFrom = Math.max(block.start, in.from());
            keyTo = Math.max(keyFrom, Math.min(block.to, in.to()));
        }

        int own() {
            return ownTo - ownFrom;
        }

        int keys() {
            return keyTo - keyFrom;
        }
    }

    /** dZ = dP·V + P·dV, from the tangents' copy {@code copy}. */
    void pushforward(float[] qkv, int pair, float[] kept, float[] tangents, int copy, float[] to, Scratch scratch) {
        for (int from = out.from(); from < out.to(); from += AttentionHead.QUERIES) {
            Block block = head.block(qkv, pair, from, out.to(), kept, false, scratch);
            Inside inside = new Inside(block);
            int stride = block.stride;
            float[] ds = scratch.floats(SLOT, block.queries() * stride);
            if (inside.own() < block.queries()) {
                Arrays.fill(ds, 0, block.queries() * stride, 0f);
            }
            if (inside.own() > 0) {
                head.queriesByKeys(
                        inside.own(),
                        block.keys(),
                        tangents,
                        head.packed(copy, pair, inside.ownFrom, 0, in),
                        head.packedWidth(),
                        qkv,
                        head.packed(pair, block.start, 1),
                        ds,
                        (inside.ownFrom - from) * stride,
                        stride,
                        Start.EMPTY,
                        scratch);
            }
            int key = inside.keyFrom - block.start;
            if (inside.keys() > 0) {
                head.queriesByKeys(
                        block.queries(),
                        inside.keys(),
                        qkv,
                        head.packed(pair, from, 0),
                        head.packedWidth(),
                        tangents,
                        head.packed(copy, pair, inside.keyFrom, 1, in),
                        ds,
                        key,
                        stride,
                        Start.SUM,
                        scratch);
            }
            derive(block, ds);
            int z = head.mixed(copy, pair, from, out);
            head.mix(
                    block.queries(),
                    block.keys(),
                    ds,
                    0,
                    stride,
                    qkv,
                    head.packed(pair, block.start, 2),
                    to,
                    z,
                    head.mixedWidth(),
                    Start.EMPTY,
                    scratch);
            if (inside.keys() > 0) {
                head.mix(
                        block.queries(),
                        inside.keys(),
                        block.pattern,
                        block.at + key,
                        stride,
                        tangents,
                        head.packed(copy, pair, inside.keyFrom, 2, in),
                        to,
                        z,
                        head.mixedWidth(),
                        Start.SUM,
                        scratch);
            }
        }
    }

    private void derive(Block block, float[] ds) {
        softmax.derivative(
                block.pattern, block.at, ds, 0, block.stride, block.queries(), block.keys(), block.stride, (float)
                        spec.scale());
    }

    /** dQ = dS·K, dK = dSᵀ·Q, dV = Pᵀ·dZ, from the cotangents' copy {@code copy} into packed rows. */
    void pullback(float[] qkv, int pair, float[] kept, float[] cotangents, int copy, float[] to, Scratch scratch) {
        clear(copy, pair, to);
        for (int from = out.from(); from < out.to(); from += AttentionHead.QUERIES) {
            Block block = head.block(qkv, pair, from, out.to(), kept, false, scratch);
            Inside inside = new Inside(block);
            int stride = block.stride;
            float[] ds = scratch.floats(SLOT, block.queries() * stride);
            int u = head.mixed(copy, pair, from, out);
            head.queriesByKeys(
                    block.queries(),
                    block.keys(),
                    cotangents,
                    u,
                    head.mixedWidth(),
                    qkv,
                    head.packed(pair, block.start, 2),
                    ds,
                    0,
                    stride,
                    Start.EMPTY,
                    scratch);
            derive(block, ds);
            if (inside.own() > 0) {
                head.mix(
                        inside.own(),
                        block.keys(),
                        ds,
                        (inside.ownFrom - from) * stride,
                        stride,
                        qkv,
                        head.packed(pair, block.start, 1),
                        to,
                        head.packed(copy, pair, inside.ownFrom, 0, in),
                        head.packedWidth(),
                        Start.EMPTY,
                        scratch);
            }
            if (inside.keys() > 0) {
                int key = inside.keyFrom - block.start;
                head.mixBack(
                        block.queries(),
                        inside.keys(),
                        ds,
                        key,
                        stride,
                        qkv,
                        head.packed(pair, from, 0),
                        head.packedWidth(),
                        to,
                        head.packed(copy, pair, inside.keyFrom, 1, in),
                        Start.SUM,
                        scratch);
                head.mixBack(
                        block.queries(),
                        inside.keys(),
                        block.pattern,
                        block.at + key,
                        stride,
                        cotangents,
                        u,
                        head.mixedWidth(),
                        to,
                        head.packed(copy, pair, inside.keyFrom, 2, in),
                        Start.SUM,
                        scratch);
            }
        }
    }

    /** The pair's q, k and v at all positions {@code in}. */
    private void clear(int copy, int pair, float[] to) {
        for (int position = in.from(); position < in.to(); position++) {
            for (int part = 0; part < 3; part++) {
                int at = head.packed(copy, pair, position, part, in);
                Arrays.fill(to, at, at + spec.dHead(), 0f);
            }
        }
    }
}
