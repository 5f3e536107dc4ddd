package io.reprise.analysis.overlap.channels;

import io.reprise.analysis.relation.End;
import io.reprise.analysis.relation.Ends;
import io.reprise.analysis.relation.SubjectPrompt;
import io.reprise.analysis.relation.jacobian.JacobianOptions;
import io.reprise.analysis.relation.jacobian.TransformerSubject;
import io.reprise.data.PairSet;
import io.reprise.model.Transformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * What a change of one token's embedding does to the logits of the next token, in token space: W_U·J·W_Eᵀ over the task's tokens, of
 * every prompt. J is the Jacobian (Hernandez et al. 2024) from the embedding of the member at one role to what the unembedding reads
 * at the prompt's end, the rest of the prompt held as it is. The model's width drops out.
 */
public final class TaskOperator {
    private final List<RealMatrix> perPrompt;

    private TaskOperator(List<RealMatrix> perPrompt) {
        this.perPrompt = List.copyOf(perPrompt);
    }

    /**
     * @param tokens the task's vocabulary
     * @param role whose member is the relation's subject; the last position if absent
     * @throws IllegalArgumentException if a prompt has no position of this role, or tokens are fewer than four
     */
    public static TaskOperator of(Transformer model, PairSet pairs, List<Integer> tokens, Optional<String> role) {
        if (tokens.size() < 4) {
            throw new IllegalArgumentException("operators over " + tokens.size()
                    + " tokens cannot be compared without bias; expected a task of 4 tokens or more");
        }
        TransformerSubject subject = TransformerSubject.of(model, JacobianOptions.defaults());
        End end = model.config().hasLayerNorm()
                ? End.LN_FINAL
                : End.after(model.config().nLayers() - 1);
        Ends ends = new Ends(End.EMBED, end);
        int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
        RealMatrix read = new Array2DRowRealMatrix(subject.embedding(ids), false).transpose();
        RealMatrix unembedding = new Array2DRowRealMatrix(subject.unembedding(ids), false);
        List<RealMatrix> operators = new ArrayList<>();
        for (PairSet.Group group : pairs.groups()) {
            int position = role.map(name -> group.roles().lastIndexOf(name)).orElse(group.length() - 1);
            if (position < 0) {
                throw new IllegalArgumentException("role \"" + role.orElseThrow() + "\" is not among the roles "
                        + group.roles() + " of " + pairs.name());
            }
            group.pairs().forEach(pair -> {
                int[] prompt = pair.clean().stream().mapToInt(Integer::intValue).toArray();
                RealMatrix jacobian = subject.linearize(new SubjectPrompt(prompt, position), ends)
                        .jacobian();
                operators.add(unembedding.multiply(jacobian).multiply(read));
            });
        }
        return new TaskOperator(operators);
    }

    /** Of matrices [token out, token in], one per prompt. */
    static TaskOperator of(List<RealMatrix> perPrompt) {
        return new TaskOperator(perPrompt);
    }

    /** Prompts, in the order of their pairs. */
    public int size() {
        return perPrompt.size();
    }

    /** The mean over some prompts: [token out, token in]. */
    public RealMatrix mean(int... prompts) {
        RealMatrix sum = new Array2DRowRealMatrix(
                perPrompt.get(0).getRowDimension(), perPrompt.get(0).getColumnDimension());
        for (int prompt : prompts) {
            sum = sum.add(perPrompt.get(prompt));
        }
        return sum.scalarMultiply(1.0 / prompts.length);
    }
}
