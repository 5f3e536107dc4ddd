package io.reprise.analysis.relation.study;

import io.reprise.analysis.relation.Ends;
import io.reprise.analysis.relation.SubjectModel;
import io.reprise.analysis.relation.SubjectPrompt;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * How far subjects' Jacobians are from their mean: √(mean ‖J_s − J̄‖²) / ‖J̄‖ in the Frobenius norm. 0 if z is affine in h over the
 * subjects; at 1 what subjects have of their own is as large as what they share.
 */
public final class JacobianSpread {
    private JacobianSpread() {}

    /** @param prompts of one relation's subjects, at least one */
    public static double of(SubjectModel model, List<SubjectPrompt> prompts, Ends ends) {
        List<RealMatrix> jacobians = new ArrayList<>();
        for (SubjectPrompt prompt : prompts) {
            jacobians.add(model.linearize(prompt, ends).jacobian());
        }
        RealMatrix mean =
                jacobians.stream().reduce(RealMatrix::add).orElseThrow().scalarMultiply(1.0 / jacobians.size());
        double squares = 0;
        for (RealMatrix jacobian : jacobians) {
            squares += Math.pow(jacobian.subtract(mean).getFrobeniusNorm(), 2);
        }
        return Math.sqrt(squares / jacobians.size()) / mean.getFrobeniusNorm();
    }
}
