package io.reprise.train;

import io.reprise.backend.AdamSettings;
import io.reprise.backend.Backend;
import io.reprise.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Adam or AdamW over the very tensors it was made from. */
final class AdamOptimizer implements AutoCloseable {
    private final Backend backend;
    private final Map<String, Tensor> trained;
    private final TrainSpec spec;
    private final Map<String, Tensor> firstMoments = new LinkedHashMap<>();
    private final Map<String, Tensor> secondMoments = new LinkedHashMap<>();

    AdamOptimizer(Backend backend, Map<String, Tensor> trained, TrainSpec spec) {
        this.backend = backend;
        this.trained = trained;
        this.spec = spec;
        trained.forEach((name, weight) -> {
            firstMoments.put(name, backend.zeros(weight.shape()));
            secondMoments.put(name, backend.zeros(weight.shape()));
        });
    }

    Map<String, Tensor> firstMoments() {
        return firstMoments;
    }

    Map<String, Tensor> secondMoments() {
        return secondMoments;
    }

    /**
     * @param step 1 for the first step
     */
    void step(String name, Tensor gradient, double lr, double gradientScale, long step) {
        backend.adamStep(
                trained.get(name),
                gradient,
                firstMoments.get(name),
                secondMoments.get(name),
                new AdamSettings(
                        lr,
                        spec.beta1(),
                        spec.beta2(),
                        spec.epsilon(),
                        spec.weightDecay(),
                        spec.optimizer() == TrainSpec.Optimizer.ADAMW,
                        gradientScale,
                        step));
    }

    @Override
    public void close() {
        firstMoments.values().forEach(Tensor::close);
        secondMoments.values().forEach(Tensor::close);
    }
}
