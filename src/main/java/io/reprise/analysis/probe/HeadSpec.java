package io.reprise.analysis.probe;

/**
 * A probe's head and how it is fitted.
 *
 * @param hidden width between the two linear maps (Linear–ReLU–Linear); 0 for a plain linear classifier
 * @param steps at most this many Adam steps
 * @param batchSize examples a step
 * @param lr Adam's learning rate
 * @param l2 coefficient of ½‖W‖² in the loss, biases left out
 * @param evalEvery steps between looks at the validation loss
 * @param patience looks without a lower validation loss that end the fit
 */
public record HeadSpec(int hidden, int steps, int batchSize, double lr, double l2, int evalEvery, int patience) {
    public HeadSpec {
        require(hidden >= 0, "hidden = " + hidden + "; expected 0 (linear) or more");
        require(steps > 0, "steps = " + steps + "; expected 1 or more");
        require(batchSize > 0, "batch_size = " + batchSize + "; expected 1 or more");
        require(lr > 0 && lr < Double.POSITIVE_INFINITY, "lr = " + lr + "; expected a positive number");
        require(l2 >= 0 && l2 < Double.POSITIVE_INFINITY, "l2 = " + l2 + "; expected 0 or more");
        require(evalEvery > 0, "eval_every = " + evalEvery + "; expected 1 or more");
        require(patience > 0, "patience = " + patience + "; expected 1 or more");
    }

    public static HeadSpec defaults() {
        return new HeadSpec(64, 300, 256, 1e-2, 1e-3, 10, 5);
    }

    /** In words: linear–relu–linear, 64 wide. */
    public String words() {
        return hidden == 0 ? "linear" : "linear–relu–linear, " + hidden + " wide";
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
