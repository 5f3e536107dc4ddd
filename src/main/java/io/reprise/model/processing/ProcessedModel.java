package io.reprise.model.processing;

import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import java.util.List;

/**
 * A model with processed weights.
 *
 * @param model runs on {@code parameters}
 * @param parameters its weights, with an unembedding of their own
 * @param steps what was done, in order; every artifact that comes from the model records it
 */
public record ProcessedModel(Transformer model, Parameters parameters, List<Processing> steps)
        implements AutoCloseable {
    public ProcessedModel {
        steps = List.copyOf(steps);
    }

    /** Keys of the steps, for artifacts. */
    public List<String> names() {
        return steps.stream().map(Processing::key).toList();
    }

    @Override
    public void close() {
        parameters.close();
    }
}
