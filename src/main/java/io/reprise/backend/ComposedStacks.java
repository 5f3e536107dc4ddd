package io.reprise.backend;

import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Operations on stacks out of a backend's other ones. */
final class ComposedStacks {
    private final Backend backend;

    ComposedStacks(Backend backend) {
        this.backend = backend;
    }

    void addMixed(Tensor target, Tensor weights, Tensor stack) {
        int size = StackShapes.mixed(target.shape(), weights.shape(), stack.shape());
        try (Scope scope = backend.scope()) {
            Tensor mixed = backend.matmul(weights, longRows(stack, size));
            backend.addFolded(target, backend.upload(target.shape(), backend.downloadDoubles(mixed)));
        }
    }

    Tensor dots(List<Tensor> a, List<Tensor> b, int rows) {
        Shape shape = StackShapes.dots(a, b, rows);
        int size = rows * b.get(0).shape().columns();
        try (Scope scope = backend.scope()) {
            List<Tensor> second = matrices(b, size);
            double[] products = new double[shape.size()];
            int row = 0;
            for (Tensor first : matrices(a, size)) {
                int column = 0;
                for (Tensor other : second) {
                    Tensor part = backend.linear(first, other, Layout.OUT_IN, Optional.empty(), Activation.NONE)
                            .value();
                    int width = part.shape().columns();
                    double[] values = backend.downloadDoubles(part);
                    for (int i = 0; i < part.shape().rows(); i++) {
                        System.arraycopy(values, i * width, products, (row + i) * shape.columns() + column, width);
                    }
                    column += width;
                }
                row += first.shape().rows();
            }
            return scope.keep(backend.upload(shape, products));
        }
    }

    /** Of each stack that has any. */
    private List<Tensor> matrices(List<Tensor> stacks, int size) {
        return stacks.stream()
                .filter(stack -> stack.shape().rows() > 0)
                .map(stack -> longRows(stack, size))
                .toList();
    }

    /** A matrix per row. */
    private Tensor longRows(Tensor stack, int size) {
        return backend.upload(Shape.of(stack.shape().size() / size, size), backend.downloadDoubles(stack));
    }

    Tensor linearByBlock(Tensor x, Tensor weight, Layout layout, int blocks) {
        StackShapes.requireBlocks(x.shape(), weight.shape(), layout, blocks);
        int rows = x.shape().rows();
        int width = x.shape().columns() / blocks;
        boolean inOut = layout == Layout.IN_OUT;
        try (Scope scope = backend.scope()) {
            Tensor stack = backend.zeros(Shape.of(blocks * rows, weight.shape().dim(inOut ? 1 : 0)));
            for (int i = 0; i < blocks; i++) {
                int first = i * width;
                Tensor own = inOut
                        ? backend.rows(
                                weight, IntStream.range(first, first + width).toArray())
                        : backend.columns(weight, first, first + width);
                Tensor part = backend.linear(
                                backend.columns(x, first, first + width),
                                own,
                                layout,
                                Optional.empty(),
                                Activation.NONE)
                        .value();
                backend.embedPullback(IntStream.range(i * rows, (i + 1) * rows).toArray(), part, stack);
            }
            return scope.keep(stack);
        }
    }
}
