package io.reprise.train;

import io.reprise.tensor.Tensor;
import java.util.Map;

/** A loss over numbered batches, and its gradient with respect to the tensors that are trained. */
public interface LossGradient extends AutoCloseable {
    /** What is trained, by name, in order; the optimiser is made from these very tensors. */
    Map<String, Tensor> trained();

    /**
     * Computes a batch's loss and its gradient.
     *
     * @param cursor batches drawn before; with the seed, all that the batch depends on
     */
    BatchLoss run(long cursor);

    /** The last batch's gradient with respect to a tensor; overwritten by the next. */
    Tensor gradient(String name);

    /**
     * @param mean the mean loss, natural log
     * @param tokens in the batch, padding included
     */
    record BatchLoss(double mean, long tokens) {}

    @Override
    void close();
}
