package io.reprise.model.pretrained;

import io.reprise.tensor.Shape;
import io.reprise.weights.StoredDType;
import io.reprise.weights.WeightSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/** The tensors of a file under a family's names, whether or not the file's have the family's prefix; all accounted for. */
final class NamedWeights {
    private static final int BLOCK_ROWS = 1024;
    /** Numbers of a block. */
    private static final int BLOCK = 1 << 16;

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
            String bare = own ? name.substring(table.prefix().length()) : name;
            String other = actual.put(table.otherNames().getOrDefault(bare, bare), name);
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

    /** The file's name of a tensor. */
    String stored(String name) {
        return actual.get(name);
    }

    Shape shape(String name) throws IOException {
        return source.shape(actual.get(name));
    }

    StoredDType dtype(String name) throws IOException {
        return source.dtype(actual.get(name));
    }

    /** The stored bytes of elements [from, from + count), at the buffer's position. */
    void readStored(String name, int from, int count, ByteBuffer target) throws IOException {
        source.readStored(actual.get(name), from, count, target);
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

    /** Runs tasks 0..n-1, at the same time if it can. */
    @FunctionalInterface
    interface Parallel {
        void run(int tasks, IntConsumer task);
    }

    /** Writes a parameter's numbers, row-major; {@code target} may hold anything before. */
    void fill(Slot slot, float[] target, Parallel parallel) throws IOException {
        try {
            if (slot.whole().isPresent()) {
                Slot.Source whole = slot.whole().get();
                int width = whole.shape().columns();
                eachBlock(
                        whole.shape(), parallel, (from, to) -> readRows(whole.name(), from, to, target, from * width));
                return;
            }
            Arrays.fill(target, 0f);
            for (Slot.Part part : slot.parts()) {
                eachBlock(part.source().shape(), parallel, (from, to) -> scatter(part, from, to, target));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private interface Rows {
        void take(int from, int to) throws IOException;
    }

    /** In blocks that fit a core's cache while they are read, checked and put to their places. */
    private static void eachBlock(Shape shape, Parallel parallel, Rows rows) {
        int most = Math.max(1, BLOCK / Math.max(1, shape.columns()));
        parallel.run((shape.rows() + most - 1) / most, i -> {
            try {
                rows.take(i * most, Math.min(shape.rows(), (i + 1) * most));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private void scatter(Slot.Part part, int from, int to, float[] target) throws IOException {
        int width = part.source().shape().columns();
        int count = to - from;
        float[] block = new float[count * width];
        readRows(part.source().name(), from, to, block, 0);
        int[] starts = new int[count];
        for (int row = 0; row < count; row++) {
            starts[row] = part.start().applyAsInt(from + row);
        }
        if (part.stride() != 1) {
            transpose(part, block, starts, count, target);
            return;
        }
        for (int row = 0; row < count; row++) {
            if (starts[row] >= 0) {
                System.arraycopy(block, row * width + part.fromColumn(), target, starts[row], part.columns());
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
