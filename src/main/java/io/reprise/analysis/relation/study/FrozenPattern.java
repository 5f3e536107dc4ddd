package io.reprise.analysis.relation.study;

import io.reprise.analysis.relation.SubjectPrompt;
import io.reprise.backend.Scope;
import io.reprise.model.Activations;
import io.reprise.model.Intervention;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import java.util.List;
import java.util.Set;

/**
 * The ablation that takes the subject's say over where attention looks: the last position's pattern is held at its mean over the
 * relation's subjects. A block of attention without norm is then affine in h, its Jacobian the same at every subject, and an operator
 * exact; what the model no longer knows, it kept in its patterns.
 */
public final class FrozenPattern {
    private final Transformer model;

    /** @throws IllegalArgumentException if the model has another number of blocks than one */
    public FrozenPattern(Transformer model) {
        if (model.config().nLayers() != 1) {
            throw new IllegalArgumentException("n_layers = " + model.config().nLayers()
                    + ": the pattern is held in models of one block, where no other block could make up for it");
        }
        this.model = model;
    }

    /**
     * Logits of the next token [n][d_vocab] with the mean pattern.
     *
     * @param prompts of one length
     */
    public double[][] next(List<SubjectPrompt> prompts) {
        int length = prompts.get(0).length();
        if (prompts.stream().anyMatch(prompt -> prompt.length() != length)) {
            throw new IllegalArgumentException("prompts of several lengths have no mean pattern");
        }
        int[] ids = prompts.stream()
                .flatMapToInt(prompt -> java.util.Arrays.stream(prompt.tokens()))
                .toArray();
        Tokens tokens = new Tokens(ids, prompts.size(), length);
        int last = length - 1;
        Site pattern = Site.of(Site.Kind.PATTERN, 0);
        Site values = Site.of(Site.Kind.V, 0);
        Activations own = model.run(tokens, List.of(pattern, values));
        ModelConfig config = model.config();
        double[][] mean = new double[config.nHeads()][length];
        for (int head = 0; head < mean.length; head++) {
            for (int key = 0; key < length; key++) {
                for (int n = 0; n < prompts.size(); n++) {
                    mean[head][key] += own.get(pattern).at(n, head, last, key) / prompts.size();
                }
            }
        }
        Activations.Value v = own.get(values);
        Intervention hold =
                new Intervention(Site.of(Site.Kind.Z, 0), Set.of(last), Set.of(), (sequence, position, head, z) -> {
                    for (int feature = 0; feature < z.length; feature++) {
                        z[feature] = 0;
                        for (int key = 0; key < length; key++) {
                            z[feature] += mean[head][key] * v.at(sequence, key, head, feature);
                        }
                    }
                });
        Site logits = Site.of(Site.Kind.LOGITS);
        double[][] next = new double[prompts.size()][config.dVocab()];
        try (Scope scope = model.backend().scope()) {
            Activations.Value out =
                    model.run(tokens, List.of(logits), List.of(hold)).get(logits);
            for (int n = 0; n < next.length; n++) {
                for (int token = 0; token < next[n].length; token++) {
                    next[n][token] = out.at(n, last, token);
                }
            }
        }
        return next;
    }
}
