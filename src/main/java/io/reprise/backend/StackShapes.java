package io.reprise.backend;

import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.List;

/** What the shapes of a stack of matrices must be, and what is said if they aren't. */
public final class StackShapes {
    private StackShapes() {}

    /**
     * Of {@link Backend#addMixed}.
     *
     * @return elements of one matrix
     */
    public static int mixed(Shape target, Shape weights, Shape stack) {
        requireMatrix("target", target);
        requireMatrix("weights", weights);
        requireMatrix("stack", stack);
        int m = weights.rows();
        int k = weights.columns();
        boolean fits = m > 0
                && k > 0
                && target.columns() == stack.columns()
                && target.rows() % m == 0
                && stack.rows() % k == 0
                && target.rows() / m == stack.rows() / k;
        if (!fits) {
            throw new IllegalArgumentException("target is " + target + " and stack " + stack + ", expected [" + m
                    + "·rows, d] and [" + k + "·rows, d] for weights " + weights);
        }
        return stack.size() / k;
    }

    /**
     * Of {@link Backend#dots}.
     *
     * @return of the result
     */
    public static Shape dots(List<Tensor> a, List<Tensor> b, int rows) {
        if (a.isEmpty() || b.isEmpty()) {
            throw new IllegalArgumentException(
                    a.size() + " stacks a and " + b.size() + " stacks b, expected 1 or more of each");
        }
        requireMatrix("a stack b", b.get(0).shape());
        int columns = b.get(0).shape().columns();
        return Shape.of(matrices("a stack a", a, rows, columns), matrices("a stack b", b, rows, columns));
    }

    private static int matrices(String name, List<Tensor> stacks, int rows, int columns) {
        int matrices = 0;
        for (Tensor stack : stacks) {
            Shape shape = stack.shape();
            requireMatrix(name, shape);
            if (rows < 1 || columns < 1 || shape.columns() != columns || shape.rows() % rows != 0) {
                throw new IllegalArgumentException(name + " is " + shape + ", expected [k·" + rows + ", " + columns
                        + "], matrices of 1 or more rows and columns below each other");
            }
            matrices += shape.rows() / rows;
        }
        return matrices;
    }

    /** Of {@link Backend#linearByBlock}. */
    public static void requireBlocks(Shape x, Shape weight, Layout layout, int blocks) {
        requireMatrix("x", x);
        requireMatrix("weight", weight);
        int in = weight.dim(layout == Layout.IN_OUT ? 0 : 1);
        if (x.columns() != in || blocks < 1 || in % blocks != 0) {
            throw new IllegalArgumentException("x is " + x + ", expected [rows, " + in + "] for weight " + weight
                    + " stored as " + layout + ", and " + blocks + " blocks that divide " + in);
        }
    }

    private static void requireMatrix(String name, Shape shape) {
        if (shape.rank() != 2) {
            throw new IllegalArgumentException(name + " is " + shape + ", expected a matrix [rows, columns]");
        }
    }
}
