package io.reprise.analysis.lens;

import io.reprise.model.Decoder;
import io.reprise.model.ModelConfig;
import io.reprise.model.StreamPoint;
import io.reprise.model.StreamPoint.Part;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What to look at.
 *
 * @param rows points of the stream by name; if empty, those that the next three say
 * @param input whether the stream before the first block is a row
 * @param blockStep every how many blocks there is a row, from block 0 on; the last is always there
 * @param subBlocks whether each of these blocks has two rows: after its attention and after its MLP
 * @param decoder modules between a row and the final norm; none for the standard lens
 * @param topK most probable tokens kept per cell
 * @param from first position decoded; negative ones count from the end
 * @param to end of the positions decoded, not included; the prompt's end if missing
 * @param follow tokens whose score is kept in every cell
 * @param keepLogits whether all logits are kept, which takes rows × positions × d_vocab floats
 */
public record LensSpec(
        List<String> rows,
        boolean input,
        int blockStep,
        boolean subBlocks,
        List<String> decoder,
        int topK,
        int from,
        Optional<Integer> to,
        List<Integer> follow,
        boolean keepLogits) {
    public LensSpec {
        rows = List.copyOf(rows);
        decoder = List.copyOf(decoder);
        follow = List.copyOf(follow);
        if (blockStep < 1) {
            throw new IllegalArgumentException("block_step = " + blockStep + "; expected 1 (every block) or more");
        }
        if (topK < 1) {
            throw new IllegalArgumentException("top_k = " + topK + "; expected 1 or more");
        }
    }

    /** Every block and its input, the standard decoder, the best five tokens, all positions. */
    public static LensSpec defaults() {
        return new LensSpec(List.of(), true, 1, false, List.of(), 5, 0, Optional.empty(), List.of(), false);
    }

    public LensSpec withRows(boolean withInput, int step, boolean halves) {
        return new LensSpec(rows, withInput, step, halves, decoder, topK, from, to, follow, keepLogits);
    }

    public LensSpec withNamedRows(List<String> names) {
        return new LensSpec(names, input, blockStep, subBlocks, decoder, topK, from, to, follow, keepLogits);
    }

    public LensSpec withDecoder(List<String> modules) {
        return new LensSpec(rows, input, blockStep, subBlocks, modules, topK, from, to, follow, keepLogits);
    }

    public LensSpec withTopK(int k) {
        return new LensSpec(rows, input, blockStep, subBlocks, decoder, k, from, to, follow, keepLogits);
    }

    /** Only positions from (included) to to (not included). */
    public LensSpec withPositions(int first, Optional<Integer> end) {
        return new LensSpec(rows, input, blockStep, subBlocks, decoder, topK, first, end, follow, keepLogits);
    }

    public LensSpec withFollowed(List<Integer> tokens) {
        return new LensSpec(rows, input, blockStep, subBlocks, decoder, topK, from, to, tokens, keepLogits);
    }

    public LensSpec withAllLogits() {
        return new LensSpec(rows, input, blockStep, subBlocks, decoder, topK, from, to, follow, true);
    }

    /**
     * The rows, first to last. A row that holds something which the decoder adds is left out (it would be added twice); the last
     * row is always the decoder's {@linkplain Decoder#entry entry}.
     *
     * @throws IllegalArgumentException if a named row does not exist or lies after the decoder's entry
     */
    List<StreamPoint> points(ModelConfig config, Decoder by) {
        TreeSet<StreamPoint> points = new TreeSet<>();
        StreamPoint entry = by.entry();
        for (String name : rows) {
            StreamPoint point = StreamPoint.parse(name, config);
            if (point.compareTo(entry) > 0) {
                throw new IllegalArgumentException("row \"" + name + "\" already holds what the decoder " + by
                        + " adds; the last row it can read is " + entry);
            }
            points.add(point);
        }
        if (rows.isEmpty()) {
            if (input) {
                points.add(StreamPoint.INPUT);
            }
            for (int layer = 0; layer < config.nLayers(); layer += blockStep) {
                addBlock(points, layer, config);
            }
            if (entry.part() == Part.BLOCK) {
                addBlock(points, entry.layer(), config);
            }
            points.removeIf(point -> point.compareTo(entry) > 0);
        }
        points.add(entry);
        return List.copyOf(points);
    }

    private void addBlock(TreeSet<StreamPoint> points, int layer, ModelConfig config) {
        if (subBlocks && !config.attnOnly()) {
            points.add(StreamPoint.afterAttention(layer));
        }
        points.add(StreamPoint.after(layer));
    }

    /** The positions of a prompt that are decoded. */
    Range range(int length) {
        int first = from < 0 ? length + from : from;
        int end = to.map(t -> t < 0 ? length + t : t).orElse(length);
        if (first < 0 || end > length || first >= end) {
            throw new IllegalArgumentException("positions " + from + " to "
                    + to.map(Object::toString).orElse("the end") + " are not in a prompt of " + length
                    + " tokens; expected 0 ≤ from < to ≤ " + length + ", or negative numbers counted from the end");
        }
        return new Range(first, end);
    }

    /** From (included) to to (not included). */
    record Range(int from, int to) {
        int size() {
            return to - from;
        }
    }
}
