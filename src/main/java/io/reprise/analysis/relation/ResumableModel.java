package io.reprise.analysis.relation;

import io.reprise.model.ModelConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** A model whose linearizations are looked up in a store first, and put there when they were computed. */
public final class ResumableModel implements SubjectModel {
    private final SubjectModel model;
    private final JacobianStore store;

    public ResumableModel(SubjectModel model, JacobianStore store) {
        this.model = model;
        this.store = store;
    }

    /** @throws UncheckedIOException if the store can't be read or written */
    @Override
    public Linearization linearize(SubjectPrompt prompt, Ends ends) {
        try {
            Optional<Linearization> stored = store.find(prompt, ends);
            if (stored.isPresent()) {
                return stored.get();
            }
            Linearization computed = model.linearize(prompt, ends);
            store.put(prompt, ends, computed);
            return computed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public ModelConfig config() {
        return model.config();
    }

    @Override
    public List<State> states(List<SubjectPrompt> prompts, Ends ends) {
        return model.states(prompts, ends);
    }

    @Override
    public double[][] decode(double[][] states, End to) {
        return model.decode(states, to);
    }

    @Override
    public double[][] next(List<SubjectPrompt> prompts) {
        return model.next(prompts);
    }

    @Override
    public double[] nextWith(SubjectPrompt prompt, End from, double[] h) {
        return model.nextWith(prompt, from, h);
    }

    @Override
    public double[][] unembedding(int... tokens) {
        return model.unembedding(tokens);
    }

    @Override
    public double[][] embedding(int... tokens) {
        return model.embedding(tokens);
    }
}
