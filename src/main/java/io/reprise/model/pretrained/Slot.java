package io.reprise.model.pretrained;

import io.reprise.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One of our parameters, and where its numbers stand in a family's files. Without a tensor it is zero: the family doesn't have
 * it.
 *
 * @param parameter as in {@link io.reprise.model.Parameters}
 * @param whole the tensor that it is, number by number, if there is one
 * @param parts else what it is made of
 */
record Slot(String parameter, Optional<Source> whole, List<Part> parts) {
    /** A tensor of the file, without the family's prefix. */
    record Source(String name, Shape shape) {}

    /**
     * A block of columns of a tensor, and where it goes: element j of row r of the block becomes element {@code start(r) +
     * j·stride} of the parameter.
     *
     * @param start per row; negative for a row that the parameter hasn't
     */
    record Part(Source source, int fromColumn, int columns, IntUnaryOperator start, int stride) {}

    Slot {
        parts = List.copyOf(parts);
    }

    Slot(String parameter, List<Part> parts) {
        this(parameter, Optional.empty(), parts);
    }

    /** The same numbers in the same order. */
    static Slot direct(String parameter, String source, Shape shape) {
        return new Slot(parameter, Optional.of(new Source(source, shape)), List.of());
    }

    /** A matrix stored as [out, in], which is ours as [in, out]. */
    static Slot transposed(String parameter, String source, Shape stored) {
        return new Slot(parameter, List.of(transposedPart(new Source(source, stored), stored.dim(0), out -> out)));
    }

    /** A parameter of ours that the family doesn't have. */
    static Slot zero(String parameter) {
        return new Slot(parameter, List.of());
    }

    /**
     * A matrix stored as [out, in] as columns of a matrix [in, width].
     *
     * @param column where each output goes
     */
    static Part transposedPart(Source source, int width, IntUnaryOperator column) {
        return new Part(source, 0, source.shape().columns(), column, width);
    }

    /** Numbers that come from the files. */
    long count() {
        long count = whole.map(source -> (long) source.shape().size()).orElse(0L);
        for (Part part : parts) {
            long rows = IntStream.range(0, part.source().shape().rows())
                    .filter(row -> part.start().applyAsInt(row) >= 0)
                    .count();
            count += rows * part.columns();
        }
        return count;
    }

    List<Source> sources() {
        return Stream.concat(whole.stream(), parts.stream().map(Part::source))
                .distinct()
                .toList();
    }
}
