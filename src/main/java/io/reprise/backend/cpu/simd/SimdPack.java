package io.reprise.backend.cpu.simd;

import static io.reprise.backend.cpu.simd.SimdTile.PANEL;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Copies a block of a matrix into panels [depth, PANEL], one after the other; missing columns are 0. */
final class SimdPack {
    private SimdPack() {}

    static void pack(float[] b, int at, int row, int column, int depth, int columns, float[] packed) {
        for (int j = 0; j < columns; j += PANEL) {
            int width = Math.min(PANEL, columns - j);
            if (width < PANEL) {
                Arrays.fill(packed, j * depth, (j + PANEL) * depth, 0f);
                gather(b, at + j * column, row, column, depth, width, packed, j * depth);
            } else if (column == 1) {
                copy(b, at + j, row, depth, packed, j * depth);
            } else {
                gather(b, at + j * column, row, column, depth, width, packed, j * depth);
            }
        }
    }

    private static void copy(float[] b, int at, int row, int depth, float[] packed, int to) {
        for (int k = 0; k < depth; k++) {
            FloatVector.fromArray(SimdMath.S, b, at + k * row).intoArray(packed, to + k * PANEL);
            FloatVector.fromArray(SimdMath.S, b, at + k * row + SimdMath.LANES)
                    .intoArray(packed, to + k * PANEL + SimdMath.LANES);
        }
    }

    private static void gather(float[] b, int at, int row, int column, int depth, int width, float[] packed, int to) {
        for (int k = 0; k < depth; k++) {
            for (int j = 0; j < width; j++) {
                packed[to + k * PANEL + j] = b[at + k * row + j * column];
            }
        }
    }
}
