package io.reprise.backend;

/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1) or AdamW (Loshchilov and Hutter 2019, algorithm 2), as PyTorch computes
 * them: m and v are updated first, the bias corrections are 1-βᵗ, ε is added after the square root.
 *
 * @param lr learning rate of this step
 * @param step 1 for the first step
 * @param weightDecay λ
 * @param decoupled AdamW: the weight shrinks by lr·λ first. Otherwise λ·w is added to the gradient
 * @param gradientScale multiplies the gradient first (clipping)
 */
public record AdamSettings(
        double lr,
        double beta1,
        double beta2,
        double epsilon,
        double weightDecay,
        boolean decoupled,
        double gradientScale,
        long step) {}
