package io.reprise.model.pretrained;

import io.reprise.tensor.Shape;
import io.reprise.weights.StoredDType;
import io.reprise.weights.WeightSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tensors of a file under a family's names, whether or not the file's have the family's prefix; all accounted for. */
final class NamedWeights {
    private static final int BLOCK_ROWS = 1024;
    /** Numbers that are put to their places at a time; they and their places fit a core's cache. */
    private static final int SCATTERED = 1 << 16;

    private final WeightSource source;
    private final Map<String, String> actual = new LinkedHashMap<>();
    private final String prefix;

    /**
     * @param dimensions what the config says, for the error about a shape
     * @throws ModelFormatException if a tensor is missing, has another shape, isn't floating point, or is not of this family
     */
    NamedWeights(WeightSource source, WeightTable table, String dimensions) throws IOException {
        this.source = source;
        List<String> problems = new ArrayList<>();
        boolean prefixed = false;
        for (String name : source.names()) {
            boolean own = !table.prefix().isEmpty() && name.startsWith(table.prefix());
            prefixed |= own;
            String other = actual.put(own ? name.substring(table.prefix().length()) : name, name);
            if (other != null) {
                problems.add("holds both " + other + " and " + name);
            }
        }
        this.prefix = prefixed ? table.prefix() : "";
        Set<String> known = new HashSet<>();
        for (Slot.Source tensor : table.required()) {
            require(tensor, known, dimensions, problems);
        }
        for (Slot slot : table.slots()) {
            for (Slot.Source tensor : slot.sources()) {
                require(tensor, known, dimensions, problems);
            }
        }
        for (Slot.Source tensor : table.optional()) {
            if (actual.containsKey(tensor.name())) {
                require(tensor, known, dimensions, problems);
            }
        }
        actual.forEach((name, stored) -> {
            if (!known.contains(name) && !table.ignores(name)) {
                problems.add(stored + " is not a tensor of the model that the config describes");
            }
        });
        if (!problems.isEmpty()) {
            throw ModelFormatException.of(source.origin(), problems);
        }
    }

    private void require(Slot.Source tensor, Set<String> known, String dimensions, List<String> problems)
            throws IOException {
        known.add(tensor.name());
        String stored = actual.get(tensor.name());
        if (stored == null) {
            problems.add(prefix + tensor.name() + " is missing, expected " + tensor.shape());
            return;
        }
        Shape shape = source.shape(stored);
        if (!shape.equals(tensor.shape())) {
            problems.add(stored + " is " + shape + ", expected " + tensor.shape() + " from " + dimensions
                    + ". Config and weights are of different models.");
        }
        StoredDType type = source.dtype(stored);
        if (!type.isFloatingPoint()) {
            problems.add(stored + " is " + type + ", expected floating point");
        }
    }

    String origin() {
        return source.origin();
    }

    boolean has(String name) {
        return actual.containsKey(name);
    }

    /** The whole tensor. */
    float[] read(String name) throws IOException {
        float[] values = new float[source.shape(actual.get(name)).size()];
        readRows(name, 0, source.shape(actual.get(name)).rows(), values, 0);
        return values;
    }

    /**
     * Rows from (inclusive) to to (exclusive). A weight that is not a number makes every result one: refused here, where it can
     * be named.
     */
    void readRows(String name, int from, int to, float[] target, int offset) throws IOException {
        String stored = actual.get(name);
        source.readRows(stored, from, to, target, offset);
        int columns = source.shape(stored).columns();
        int count = (to - from) * columns;
        if (!areFinite(target, offset, count)) {
            for (int i = 0; i < count; i++) {
                if (!Float.isFinite(target[offset + i])) {
                    throw new ModelFormatException(
                            origin(),
                            stored + " holds " + target[offset + i] + " in row " + (from + i / columns) + ", column "
                                    + i % columns + "; expected finite numbers");
                }
            }
        }
    }

    /** The largest magnitude's exponent tells; an integer maximum, unlike a float's test, is vectorised. */
    private static boolean areFinite(float[] values, int from, int count) {
        int largest = 0;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & 0x7fffffff);
        }
        return largest < 0x7f800000;
    }

    /** Writes a parameter's numbers, row-major; {@code target} may hold anything before. */
    void fill(Slot slot, float[] target) throws IOException {
        if (slot.whole().isPresent()) {
            Slot.Source whole = slot.whole().get();
            readRows(whole.name(), 0, whole.shape().rows(), target, 0);
            return;
        }
        Arrays.fill(target, 0f);
        for (Slot.Part part : slot.parts()) {
            scatter(part, target);
        }
    }

    private void scatter(Slot.Part part, float[] target) throws IOException {
        int rows = part.source().shape().rows();
        int width = part.source().shape().columns();
        int most = Math.max(1, Math.min(rows, SCATTERED / width));
        float[] block = new float[most * width];
        int[] starts = new int[most];
        for (int from = 0; from < rows; from += most) {
            int count = Math.min(most, rows - from);
            readRows(part.source().name(), from, from + count, block, 0);
            for (int row = 0; row < count; row++) {
                starts[row] = part.start().applyAsInt(from + row);
            }
            if (part.stride() == 1) {
                for (int row = 0; row < count; row++) {
                    if (starts[row] >= 0) {
                        System.arraycopy(block, row * width + part.fromColumn(), target, starts[row], part.columns());
                    }
                }
            } else {
                transpose(part, block, starts, count, target);
            }
        }
    }

    /** Columns outside, rows inside: neighbouring rows go to neighbouring places. */
    private static void transpose(Slot.Part part, float[] block, int[] starts, int count, float[] target) {
        int width = part.source().shape().columns();
        for (int j = 0; j < part.columns(); j++) {
            int to = j * part.stride();
            int from = part.fromColumn() + j;
            for (int row = 0; row < count; row++) {
                if (starts[row] >= 0) {
                    target[starts[row] + to] = block[row * width + from];
                }
            }
        }
    }

    /** Whether two tensors of one shape hold the same numbers; read in blocks of rows. */
    boolean same(String a, String b) throws IOException {
        Shape shape = source.shape(actual.get(a));
        for (int from = 0; from < shape.rows(); from += BLOCK_ROWS) {
            int to = Math.min(shape.rows(), from + BLOCK_ROWS);
            float[] left = source.rows(actual.get(a), from, to);
            float[] right = source.rows(actual.get(b), from, to);
            for (int i = 0; i < left.length; i++) {
                if (left[i] != right[i]) {
                    return false;
                }
            }
        }
        return true;
    }

    boolean isZero(String name) throws IOException {
        for (float value : read(name)) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }
}
