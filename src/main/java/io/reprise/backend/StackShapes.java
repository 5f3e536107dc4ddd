package io.reprise.backend;

import io.reprise.tensor.Shape;

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

    /** Of {@link Backend#dots}. */
    public static void requireDots(Shape a, Shape b, int rows) {
        requireMatrix("a", a);
        requireMatrix("b", b);
        if (rows < 1 || a.columns() != b.columns() || a.rows() % rows != 0 || b.rows() % rows != 0) {
            throw new IllegalArgumentException("a is " + a + " and b " + b + ", expected stacks of matrices [" + rows
                    + ", d] with 1 or more rows");
        }
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
