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
            if (width == PANEL && column == 1) {
                copy(b, at + j, row, depth, packed, j * depth);
                continue;
            }
            if (width < PANEL) {
                Arrays.fill(packed, j * depth, (j + PANEL) * depth, 0f);
            }
            for (int i = 0; i < width; i++) {
                if (row == 1) {
                    turn(b, at + (j + i) * column, depth, packed, j * depth + i);
                } else {
                    gather(b, at + (j + i) * column, row, depth, packed, j * depth + i);
                }
            }
        }
    }

    /** One column of a panel from adjacent elements. */
    private static void turn(float[] b, int at, int depth, float[] packed, int to) {
        for (int k = 0; k < depth; k++) {
            packed[to + k * PANEL] = b[at + k];
        }
    }

    private static void gather(float[] b, int at, int row, int depth, float[] packed, int to) {
        for (int k = 0; k < depth; k++) {
            packed[to + k * PANEL] = b[at + k * row];
        }
    }

    private static void copy(float[] b, int at, int row, int depth, float[] packed, int to) {
        for (int k = 0; k < depth; k++) {
            FloatVector.fromArray(SimdMath.S, b, at + k * row).intoArray(packed, to + k * PANEL);
            FloatVector.fromArray(SimdMath.S, b, at + k * row + SimdMath.LANES)
                    .intoArray(packed, to + k * PANEL + SimdMath.LANES);
        }
    }
}
