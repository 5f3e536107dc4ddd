package io.reprise.analysis.circuit.nodes;

import java.util.BitSet;
import java.util.List;

/** Which blocks of a slot are replaced, by role of the position. Immutable. */
final class Mask {
    private final int blocks;
    private final BitSet bits;

    private Mask(int blocks, BitSet bits) {
        this.blocks = blocks;
        this.bits = bits;
    }

    static Mask none(int blocks) {
        return new Mask(blocks, new BitSet());
    }

    /** Blocks of {@code spots} replaced where they weren't and live where they were. */
    Mask flipped(List<Spot> spots) {
        BitSet changed = (BitSet) bits.clone();
        spots.forEach(spot -> spot.roles().stream().forEach(role -> changed.flip(role * blocks + spot.block())));
        return new Mask(blocks, changed);
    }

    int blocks() {
        return blocks;
    }

    boolean has(int role, int block) {
        return bits.get(role * blocks + block);
    }

    /** The first replaced block from {@code from} on; {@link #blocks()} if there is none. */
    int next(int role, int from) {
        int next = bits.nextSetBit(role * blocks + from);
        return next < 0 ? blocks : Math.min(blocks, next - role * blocks);
    }

    /** Whether {@code block} is replaced in every row of {@code view}. */
    boolean everywhere(View view, int block) {
        for (int role : view.roles()) {
            if (!has(role, block)) {
                return false;
            }
        }
        return true;
    }

    /** Whether every block is replaced in every row of {@code view}. */
    boolean everywhere(View view) {
        for (int role : view.roles()) {
            if (bits.nextClearBit(role * blocks) < (role + 1) * blocks) {
                return false;
            }
        }
        return true;
    }

    /** Whether any block is replaced in any row of {@code view}. */
    boolean anywhere(View view) {
        for (int role : view.roles()) {
            if (next(role, 0) < blocks) {
                return true;
            }
        }
        return false;
    }
}
