package io.reprise.analysis.circuit.editing;

import io.reprise.analysis.circuit.Unit;
import io.reprise.backend.Backend;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Tensor;
import io.reprise.train.BatchSource;
import io.reprise.train.GradientStep;
import io.reprise.train.LabeledBatch;
import io.reprise.train.LossGradient;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A language model's loss whose gradient is 0 where held units write: what is 0 there stays 0, whatever the decay. */
final class MaskedGradient implements LossGradient {
    private final Backend backend;
    private final Parameters parameters;
    private final BatchSource batches;
    private final GradientStep step;
    private final Map<String, List<Removed.Span>> held;

    MaskedGradient(Transformer model, Parameters parameters, BatchSource batches, Set<Unit> held) {
        this.backend = model.backend();
        this.parameters = parameters;
        this.batches = batches;
        this.step = new GradientStep(model, parameters);
        this.held = held.stream()
                .flatMap(unit -> Removed.of(unit, model.config()).stream())
                .collect(Collectors.groupingBy(Removed.Span::parameter, TreeMap::new, Collectors.toList()));
    }

    @Override
    public Map<String, Tensor> trained() {
        return parameters.byName();
    }

    @Override
    public BatchLoss run(long cursor) {
        LabeledBatch batch = batches.at(cursor);
        double loss = step.run(batch);
        held.forEach((name, spans) -> {
            float[] values = backend.download(gradient(name));
            spans.forEach(span -> Arrays.fill(values, span.from(), span.to(), 0));
            backend.write(gradient(name), values);
        });
        return new BatchLoss(loss, batch.tokens().rows());
    }

    @Override
    public Tensor gradient(String name) {
        return step.gradient(step.names().indexOf(name));
    }

    @Override
    public void close() {
        step.close();
    }
}
