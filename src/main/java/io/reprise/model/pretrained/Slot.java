package io.reprise.model.pretrained;

import io.reprise.tensor.Shape;
import java.util.List;

/**
 * One of our parameters, and what it is made of in a family's files.
 *
 * @param parameter as in {@link io.reprise.model.Parameters}
 * @param sources tensors of the file
 * @param assembly makes the parameter of the sources' values, row-major
 */
record Slot(String parameter, List<Source> sources, Assembly assembly) {
    /** A tensor of the file, without the family's prefix. */
    record Source(String name, Shape shape) {}

    @FunctionalInterface
    interface Assembly {
        float[] assemble(List<float[]> parts);
    }

    Slot {
        sources = List.copyOf(sources);
    }

    /** The same numbers in the same order. */
    static Slot direct(String parameter, String source, Shape shape) {
        return new Slot(parameter, List.of(new Source(source, shape)), parts -> parts.get(0));
    }

    static Slot from(String parameter, String source, Shape shape, java.util.function.UnaryOperator<float[]> change) {
        return new Slot(parameter, List.of(new Source(source, shape)), parts -> change.apply(parts.get(0)));
    }
}
