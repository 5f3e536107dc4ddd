package io.reprise.analysis.circuit.nodes;

import java.util.stream.IntStream;

/** Rows of a residual stream: every position of every sequence, or the last of each. */
final class View {
    private final int batch;
    private final int[] roles;

    /** @param roles index of the role at each position that is there */
    View(int batch, int... roles) {
        this.batch = batch;
        this.roles = roles;
    }

    /** The last position only. */
    View last() {
        return new View(batch, roles[roles.length - 1]);
    }

    int batch() {
        return batch;
    }

    int positions() {
        return roles.length;
    }

    int rows() {
        return batch * roles.length;
    }

    /** By position. Not copied. */
    int[] roles() {
        return roles;
    }

    /** The role of a row. */
    int role(int row) {
        return roles[row % roles.length];
    }

    /** The rows at the last position. */
    int[] lastRows() {
        return IntStream.range(0, batch).map(i -> (i + 1) * roles.length - 1).toArray();
    }
}
