package io.reprise.backend.cpu;

import io.reprise.backend.AdamSettings;

/**
 * A step's constants, computed in float64 and rounded once.
 *
 * @param gradientScale multiplies the gradient
 * @param l2 added to the gradient times the weight
 * @param keep the weight is multiplied by it first
 * @param fresh1 1-β₁
 * @param beta2 β₂
 * @param fresh2 1-β₂
 * @param stepSize lr/(1-β₁ᵗ)
 * @param correction2 √(1-β₂ᵗ)
 * @param epsilon added to the root
 */
public record AdamFactors(
        float gradientScale,
        float l2,
        float keep,
        float fresh1,
        float beta2,
        float fresh2,
        float stepSize,
        float correction2,
        float epsilon) {
    static AdamFactors of(AdamSettings s) {
        return new AdamFactors(
                (float) s.gradientScale(),
                s.decoupled() ? 0 : (float) s.weightDecay(),
                s.decoupled() ? (float) (1 - s.lr() * s.weightDecay()) : 1,
                (float) (1 - s.beta1()),
                (float) s.beta2(),
                (float) (1 - s.beta2()),
                (float) (s.lr() / (1 - StrictMath.pow(s.beta1(), (double) s.step()))),
                (float) StrictMath.sqrt(1 - StrictMath.pow(s.beta2(), (double) s.step())),
                (float) s.epsilon());
    }
}
