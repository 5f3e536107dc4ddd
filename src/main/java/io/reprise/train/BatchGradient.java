package io.reprise.train;

import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;

/** A language model's loss on labelled batches; all its parameters are trained. */
final class BatchGradient implements LossGradient {
    private final Parameters parameters;
    private final BatchSource batches;
    private final GradientStep step;
    private final Map<String, Integer> places = new HashMap<>();

    BatchGradient(Transformer model, Parameters parameters, BatchSource batches) {
        this.parameters = parameters;
        this.batches = batches;
        this.step = new GradientStep(model, parameters);
        step.names().forEach(name -> places.put(name, places.size()));
    }

    @Override
    public Map<String, Tensor> trained() {
        return parameters.byName();
    }

    @Override
    public BatchLoss run(long cursor) {
        LabeledBatch batch = batches.at(cursor);
        return new BatchLoss(step.run(batch), batch.tokens().rows());
    }

    @Override
    public Tensor gradient(String name) {
        return step.gradient(places.get(name));
    }

    @Override
    public void close() {
        step.close();
    }
}
