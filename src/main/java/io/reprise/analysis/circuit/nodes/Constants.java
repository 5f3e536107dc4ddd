package io.reprise.analysis.circuit.nodes;

import io.reprise.analysis.circuit.nodes.Numbers.Matrix;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What replaced values are replaced by, for the prompts of one part. A constant has one row (zeros), one for each position (means) or
 * one for each row of the stream (another run's values): it is repeated over the rows of a view.
 */
final class Constants {
    private final Numbers numbers;
    private final View view;
    private final List<Map<Slot, Matrix>> bySlot;
    private final List<Map<Slot, Matrix>> written = new ArrayList<>();

    Constants(Numbers numbers, View view, List<Map<Slot, Matrix>> bySlot) {
        this.numbers = numbers;
        this.view = view;
        this.bySlot = bySlot;
        bySlot.forEach(layer -> written.add(new EnumMap<>(Slot.class)));
    }

    /** Of the last position only. */
    Constants last() {
        return new Constants(
                numbers,
                view.last(),
                bySlot.stream()
                        .map(layer -> {
                            Map<Slot, Matrix> last = new EnumMap<>(Slot.class);
                            layer.forEach((slot, all) -> last.put(slot, lastRows(all)));
                            return last;
                        })
                        .toList());
    }

    private Matrix lastRows(Matrix all) {
        int length = view.positions();
        if (all.rows() == 1) {
            return all;
        }
        Matrix last = numbers.zeros(all.rows() / length, all.columns());
        for (int row = 0; row < last.rows(); row++) {
            all.copy(((row + 1) * length - 1) * all.columns(), last, row * all.columns(), all.columns());
        }
        return last;
    }

    Matrix get(int layer, Slot slot) {
        return bySlot.get(layer).get(slot);
    }

    /** What the block writes when all of {@code slot} is replaced: made once. */
    Matrix written(int layer, Slot slot, Supplier<Matrix> make) {
        return written.get(layer).computeIfAbsent(slot, key -> make.get());
    }

    /**
     * Puts constants over the replaced blocks of {@code x}.
     *
     * @param at the block of columns where each block of the slot stands in {@code x}; -1 where it is not there
     * @param width columns of a block
     */
    void put(int layer, Slot slot, Mask mask, Matrix x, int[] at, int width) {
        Matrix constant = get(layer, slot);
        for (int row = 0; row < view.rows(); row++) {
            int role = view.role(row);
            int from = row % constant.rows() * constant.columns();
            for (int block = mask.next(role, 0); block < at.length; block = mask.next(role, block)) {
                int first = block;
                do {
                    block++;
                } while (block < at.length
                        && mask.has(role, block)
                        && at[first] >= 0
                        && at[block] == at[block - 1] + 1);
                if (at[first] >= 0) {
                    constant.copy(
                            from + first * width, x, row * x.columns() + at[first] * width, (block - first) * width);
                }
            }
        }
    }
}
