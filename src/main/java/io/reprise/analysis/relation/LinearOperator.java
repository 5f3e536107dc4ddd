package io.reprise.analysis.relation;

import io.reprise.data.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * z ≈ β·W·h + b, with the prompt that its h is read after. Without W it is the identity; without b, β has no effect, since the final
 * norm removes the scale (and so in Hernandez et al. 2024).
 */
public final class LinearOperator {
    private final String estimator;
    private final Ends ends;
    private final Optional<RealMatrix> weight;
    private final Optional<double[]> bias;
    private final double beta;
    private final String template;
    private final List<Relation.Sample> demonstrations;

    /**
     * @param estimator name of what made it
     * @param weight W [d_z, d_h]; not copied
     * @param bias b [d_z]; not copied
     * @param beta finite
     * @param template with {@code {}} for the subject
     * @param demonstrations shown before the subject's prompt
     */
    public LinearOperator(
            String estimator,
            Ends ends,
            Optional<RealMatrix> weight,
            Optional<double[]> bias,
            double beta,
            String template,
            List<Relation.Sample> demonstrations) {
        if (!Double.isFinite(beta)) {
            throw new IllegalArgumentException("beta = " + beta + "; expected a finite number");
        }
        weight.ifPresent(w -> Svd.requireFinite(w, "the operator's W"));
        if (weight.isPresent() && bias.isPresent() && weight.get().getRowDimension() != bias.get().length) {
            throw new IllegalArgumentException("W has " + weight.get().getRowDimension() + " rows and b "
                    + bias.get().length + " entries; they are not of one operator");
        }
        this.estimator = estimator;
        this.ends = ends;
        this.weight = weight;
        this.bias = bias;
        this.beta = beta;
        this.template = template;
        this.demonstrations = List.copyOf(demonstrations);
    }

    public String estimator() {
        return estimator;
    }

    public Ends ends() {
        return ends;
    }

    public Optional<RealMatrix> weight() {
        return weight;
    }

    public Optional<double[]> bias() {
        return bias;
    }

    public double beta() {
        return beta;
    }

    public String template() {
        return template;
    }

    public List<Relation.Sample> demonstrations() {
        return demonstrations;
    }

    public LinearOperator withBeta(double other) {
        return new LinearOperator(estimator, ends, weight, bias, other, template, demonstrations);
    }

    /** W·h; h itself without W. */
    public double[] image(double[] h) {
        if (weight.isPresent() && weight.get().getColumnDimension() != h.length) {
            throw new IllegalArgumentException("h has " + h.length + " entries, but the operator was made for "
                    + weight.get().getColumnDimension() + "; operator and model are not of one width");
        }
        return weight.isPresent() ? weight.get().operate(h) : h.clone();
    }

    /** β·W·h + b. */
    public double[] z(double[] h) {
        double[] image = image(h);
        return bias.isPresent() ? Vectors.plus(bias.get(), beta, image) : image;
    }

    /** The prompt after which this operator reads a subject's h. */
    public SubjectPrompt prompt(PromptMaker prompts, String subject) {
        return prompts.makeWithoutItself(template, subject, demonstrations);
    }

    /** Reads each prompt's h, and decodes z, in the prompts' order. */
    public List<Output> apply(SubjectModel model, List<SubjectPrompt> prompts, int k) {
        return apply(model.states(prompts, ends), model, k);
    }

    /** Decodes z of states whose h stands where this operator starts. */
    List<Output> apply(List<State> states, SubjectModel model, int k) {
        double[][] z = new double[states.size()][];
        for (int i = 0; i < z.length; i++) {
            z[i] = z(states.get(i).h());
        }
        double[][] logits = model.decode(z, ends.to());
        List<Output> outputs = new ArrayList<>();
        for (int i = 0; i < z.length; i++) {
            outputs.add(new Output(states.get(i).h(), z[i], TopTokens.of(logits[i], k)));
        }
        return outputs;
    }
}
