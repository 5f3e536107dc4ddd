package io.reprise.model.pretrained;

import io.reprise.tensor.Shape;
import io.reprise.weights.StoredDType;
import io.reprise.weights.WeightSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tensors of a file under a family's names, whether or not the file's have the family's prefix; all accounted for. */
final class NamedWeights {
    private static final int BLOCK_ROWS = 1024;

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

    /** The whole tensor. A weight that is not a number makes every result one: refused here, where it can be named. */
    float[] read(String name) throws IOException {
        float[] values = source.read(actual.get(name));
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                int columns = source.shape(actual.get(name)).columns();
                throw new ModelFormatException(
                        origin(),
                        actual.get(name) + " holds " + values[i] + " in row " + i / columns + ", column " + i % columns
                                + "; expected finite numbers");
            }
        }
        return values;
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
