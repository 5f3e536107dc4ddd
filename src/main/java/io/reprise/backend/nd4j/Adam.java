package io.reprise.backend.nd4j;

import io.reprise.backend.AdamSettings;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One Adam or AdamW step in PyTorch's order of operations; M2.1's updaters place ε and the decay elsewhere. */
final class Adam {
    private Adam() {}

    /** weight, m and v are updated in place. */
    static void step(
            INDArray weight, INDArray gradient, INDArray m, INDArray v, AdamSettings settings, Memory.Arena arena) {
        int[] shape = Ops.narrow(weight.shape());
        INDArray g = arena.take(shape);
        INDArray scratch = arena.take(shape);
        Ops.scale(gradient, settings.gradientScale(), g);
        if (settings.weightDecay() != 0) {
            if (settings.decoupled()) {
                Ops.scale(weight, 1.0 - settings.lr() * settings.weightDecay(), weight);
            } else {
                Ops.scale(weight, settings.weightDecay(), scratch);
                Ops.add(g, scratch, g);
            }
        }
        Ops.scale(m, settings.beta1(), m);
        Ops.scale(g, 1.0 - settings.beta1(), scratch);
        Ops.add(m, scratch, m);
        Ops.multiply(g, g, scratch);
        Ops.scale(scratch, 1.0 - settings.beta2(), scratch);
        Ops.scale(v, settings.beta2(), v);
        Ops.add(v, scratch, v);

        double correction1 = 1.0 - Math.pow(settings.beta1(), (double) settings.step());
        double correction2 = 1.0 - Math.pow(settings.beta2(), (double) settings.step());
        Ops.sqrt(v, scratch);
        Ops.scale(scratch, 1.0 / Math.sqrt(correction2), scratch);
        Ops.shift(scratch, settings.epsilon(), scratch);
        Ops.divide(m, scratch, g);
        Ops.scale(g, settings.lr() / correction1, g);
        Ops.subtract(weight, g, weight);
    }
}
