package io.reprise.analysis.overlap.transport;

import io.reprise.model.Activations;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * A model's stream on random sequences before and after a component, at the positions that will be patched. The mean of each site
 * and position over the sequences that maps are fitted on is taken off: what differs between two positions of one sequence is not what a change of a token does.
 */
final class StreamSample {
    private final List<Block> blocks;
    private final int width;
    private final double heldOut;
    private final RealMatrix fitted;
    private final RealMatrix others;

    /** Sequences of one length at one site: [sequence][position][d_model]. */
    static final class Block {
        private final double[][][] values;

        Block(double[][][] values) {
            this.values = values;
        }

        /** @param positions the wanted ones */
        static Block of(Activations.Value stream, Set<Integer> positions) {
            int n = stream.shape().dim(0);
            int length = stream.shape().dim(1);
            int d = stream.shape().dim(2);
            int[] wanted =
                    positions.stream().mapToInt(Integer::intValue).sorted().toArray();
            double[][][] values = new double[n][wanted.length][d];
            for (int i = 0; i < n; i++) {
                for (int p = 0; p < wanted.length; p++) {
                    System.arraycopy(stream.data(), (i * length + wanted[p]) * d, values[i][p], 0, d);
                }
            }
            return new Block(values);
        }

        private int split(double heldOut) {
            return Math.max(1, Math.min(values.length - 1, (int) Math.round(values.length * (1 - heldOut))));
        }
    }

    StreamSample(List<Block> blocks, int width, double heldOut) {
        this.blocks = List.copyOf(blocks);
        this.width = width;
        this.heldOut = heldOut;
        this.fitted = rows(true);
        this.others = rows(false);
    }

    int width() {
        return width;
    }

    /** Rows that maps are fitted on: [rows, d_model]. */
    RealMatrix fitted() {
        return fitted;
    }

    /** The other rows. */
    RealMatrix heldOut() {
        return others;
    }

    /** Sequences in another order, fitted ones among themselves and held-out ones among themselves. */
    StreamSample shuffled(Rng rng) {
        List<Block> dealt = new ArrayList<>();
        for (Block block : blocks) {
            int n = block.values.length;
            int split = block.split(heldOut);
            int[] first = rng.permutation(split);
            int[] second = rng.permutation(n - split);
            double[][][] values = new double[n][][];
            for (int i = 0; i < n; i++) {
                values[i] = block.values[i < split ? first[i] : split + second[i - split]];
            }
            dealt.add(new Block(values));
        }
        return new StreamSample(dealt, width, heldOut);
    }

    private RealMatrix rows(boolean forFit) {
        List<double[]> rows = new ArrayList<>();
        for (Block block : blocks) {
            int split = block.split(heldOut);
            int positions = block.values[0].length;
            for (int p = 0; p < positions; p++) {
                double[] mean = new double[width];
                for (int i = 0; i < split; i++) {
                    for (int j = 0; j < width; j++) {
                        mean[j] += block.values[i][p][j] / split;
                    }
                }
                for (int i = forFit ? 0 : split; i < (forFit ? split : block.values.length); i++) {
                    double[] row = new double[width];
                    for (int j = 0; j < width; j++) {
                        row[j] = block.values[i][p][j] - mean[j];
                    }
                    rows.add(row);
                }
            }
        }
        return new Array2DRowRealMatrix(rows.toArray(double[][]::new), false);
    }
}
