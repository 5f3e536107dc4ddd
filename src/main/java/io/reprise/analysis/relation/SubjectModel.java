package io.reprise.analysis.relation;

import io.reprise.model.ModelConfig;
import java.util.List;

/** A model as estimators and edits see it: from the subject's state to the state that the object is decoded from. */
public interface SubjectModel {
    ModelConfig config();

    /** h and z of every prompt, in order. */
    List<State> states(List<SubjectPrompt> prompts, Ends ends);

    /** z(h) at a prompt, with its derivative. */
    Linearization linearize(SubjectPrompt prompt, Ends ends);

    /**
     * What is decoded from states at {@code to}: the final norm, unless the state comes after it, and the unembedding.
     *
     * @param states [n][d_model]
     * @return logits [n][d_vocab]
     */
    double[][] decode(double[][] states, End to);

    /** Logits of each prompt's next token [n][d_vocab]. */
    double[][] next(List<SubjectPrompt> prompts);

    /** Logits of the next token [d_vocab] when the subject's state at {@code from} is {@code h} instead of its own. */
    double[] nextWith(SubjectPrompt prompt, End from, double[] h);

    /** Rows of the unembedding as [d_vocab, d_model] → [n][d_model]. */
    double[][] unembedding(int... tokens);

    /** Rows of the token embedding [n][d_model]. */
    double[][] embedding(int... tokens);
}
