package io.reprise.analysis.relation.jacobian;

import io.reprise.analysis.relation.End;
import io.reprise.analysis.relation.Ends;
import io.reprise.analysis.relation.Linearization;
import io.reprise.analysis.relation.Rows;
import io.reprise.analysis.relation.State;
import io.reprise.analysis.relation.SubjectModel;
import io.reprise.analysis.relation.SubjectPrompt;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.model.Activations;
import io.reprise.model.Intervention;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.StreamParts;
import io.reprise.model.Transformer;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;

/** A transformer, or its upper part above a boundary. */
public final class TransformerSubject implements SubjectModel {
    /** Prompts that go through the model together. */
    private static final int BATCH = 16;

    private final Boundary boundary;
    private final Transformer upper;
    private final JacobianOptions options;

    /**
     * @param boundary makes the streams that {@code upper} goes on from
     * @param upper a whole model, or the part from the boundary's layer on
     */
    public TransformerSubject(Boundary boundary, Transformer upper, JacobianOptions options) {
        this.boundary = boundary;
        this.upper = upper;
        this.options = options;
    }

    /** A whole model. */
    public static TransformerSubject of(Transformer model, JacobianOptions options) {
        return new TransformerSubject(Boundary.of(model, 0), model, options);
    }

    @Override
    public ModelConfig config() {
        return upper.config();
    }

    /**
     * @throws IllegalArgumentException if {@code end} lies below the boundary
     */
    private void requireAbove(End end) {
        if (end.kind() == End.Kind.EMBED
                ? boundary.layer() > 0
                : end.kind() == End.Kind.STREAM && end.blocks() < boundary.layer()) {
            throw new IllegalArgumentException(
                    "the operator starts at " + end + ", below the break layer " + boundary.layer() + "; start at "
                            + (boundary.layer() - 1) + " or later, or split the model lower down");
        }
    }

    @Override
    public List<State> states(List<SubjectPrompt> prompts, Ends ends) {
        requireAbove(ends.from());
        Site from = ends.from().site(config());
        Site to = ends.to().site(config());
        List<State> states = new ArrayList<>();
        for (List<SubjectPrompt> batch : batches(prompts)) {
            Activations run = run(batch, List.of(from, to), List.of());
            for (int i = 0; i < batch.size(); i++) {
                SubjectPrompt prompt = batch.get(i);
                states.add(
                        new State(row(run.get(from), i, prompt.subject()), row(run.get(to), i, prompt.length() - 1)));
            }
        }
        return states;
    }

    @Override
    public Linearization linearize(SubjectPrompt prompt, Ends ends) {
        return linearize(prompt, ends, prompt.length() - 1);
    }

    /** As {@link #linearize(SubjectPrompt, Ends)}, with z at any position. What follows that position has no influence. */
    public Linearization linearize(SubjectPrompt prompt, Ends ends, int target) {
        Columns columns = columns(prompt, ends, target, 0, config().dModel());
        return new Linearization(columns.state(), columns.jacobian());
    }

    /** Some columns of a Jacobian; rows, if the method is one that goes backwards. */
    public static final class Columns {
        private final State state;
        private final RealMatrix jacobian;

        private Columns(State state, RealMatrix jacobian) {
            this.state = state;
            this.jacobian = jacobian;
        }

        public State state() {
            return state;
        }

        /** [d_model, columns], or [rows, d_model]. */
        public RealMatrix jacobian() {
            return jacobian;
        }
    }

    /**
     * Columns (rows) from (inclusive) to to (exclusive) of the Jacobian of z at {@code target}.
     *
     * @throws IllegalArgumentException if z does not depend on h, h lies below the boundary, or what comes out is not finite
     */
    public Columns columns(SubjectPrompt prompt, Ends ends, int target, int from, int to) {
        requireAbove(ends.from());
        if (target >= prompt.length()) {
            throw new IllegalArgumentException("position " + target + " is not in the prompt of " + prompt.length()
                    + " tokens; expected 0.." + (prompt.length() - 1));
        }
        End lowest = ends.from().equals(End.EMBED) ? End.after(-1) : ends.from();
        Site read = lowest.site(config());
        Site own = ends.from().site(config());
        Activations run = run(List.of(prompt), own.equals(read) ? List.of(own) : List.of(own, read), List.of());
        double[] h = row(run.get(own), 0, prompt.subject());
        Jacobian.Piece piece = new Jacobian(upper, ends, options).at(run.get(read), prompt.subject(), target, from, to);
        RealMatrix vectors = new Array2DRowRealMatrix(piece.vectors().toArray(new double[0][]), false);
        return new Columns(
                new State(h, piece.z()),
                options.method() == JacobianMethod.PUSHFORWARD ? vectors.transpose() : vectors);
    }

    /** Prompts through the boundary and on from there; edits and sites at the embedding need the whole model. */
    private Activations run(List<SubjectPrompt> batch, List<Site> sites, List<Intervention> edits) {
        List<int[]> tokens = batch.stream().map(SubjectPrompt::tokens).toList();
        return boundary.layer() == 0
                ? upper.run(Padded.tokens(tokens), sites, edits)
                : upper.resume(boundary.layer(), Padded.join(boundary.streams(tokens)), sites, edits);
    }

    private static List<List<SubjectPrompt>> batches(List<SubjectPrompt> prompts) {
        List<List<SubjectPrompt>> batches = new ArrayList<>();
        for (int from = 0; from < prompts.size(); from += BATCH) {
            batches.add(prompts.subList(from, Math.min(prompts.size(), from + BATCH)));
        }
        return batches;
    }

    private static double[] row(Activations.Value value, int sequence, int position) {
        int d = value.shape().dim(2);
        int from = (sequence * value.shape().dim(1) + position) * d;
        return Arrays.copyOfRange(value.data(), from, from + d);
    }

    @Override
    public double[][] decode(double[][] states, End to) {
        if (states.length == 0) {
            return new double[0][];
        }
        int d = config().dModel();
        double[] rows = new double[states.length * d];
        for (int i = 0; i < states.length; i++) {
            System.arraycopy(states[i], 0, rows, i * d, d);
        }
        Backend backend = upper.backend();
        try (Scope scope = backend.scope()) {
            Tensor x = backend.upload(Shape.of(states.length, d), rows);
            Tensor logits = to.kind() == End.Kind.LN_FINAL
                    ? upper.weights().unembed(x).value()
                    : new StreamParts(upper).logits(x);
            return Rows.of(backend.downloadDoubles(logits), states.length, config().dVocab());
        }
    }

    @Override
    public double[][] next(List<SubjectPrompt> prompts) {
        End last = End.after(config().nLayers() - 1);
        Site site = last.site(config());
        List<double[]> ends = new ArrayList<>();
        for (List<SubjectPrompt> batch : batches(prompts)) {
            Activations.Value top = run(batch, List.of(site), List.of()).get(site);
            for (int i = 0; i < batch.size(); i++) {
                ends.add(row(top, i, batch.get(i).length() - 1));
            }
        }
        return decode(ends.toArray(new double[0][]), last);
    }

    @Override
    public double[] nextWith(SubjectPrompt prompt, End from, double[] h) {
        requireAbove(from);
        End last = End.after(config().nLayers() - 1);
        Site site = from.kind() == End.Kind.LN_FINAL ? from.site(config()) : last.site(config());
        Intervention edit = new Intervention(
                from.site(config()),
                Set.of(prompt.subject()),
                Set.of(),
                (sequence, position, head, vector) -> System.arraycopy(h, 0, vector, 0, vector.length));
        Activations.Value top =
                run(List.of(prompt), List.of(site), List.of(edit)).get(site);
        double[][] z = {row(top, 0, prompt.length() - 1)};
        return decode(z, from.kind() == End.Kind.LN_FINAL ? from : last)[0];
    }

    @Override
    public double[][] unembedding(int... tokens) {
        try (Scope scope = upper.backend().scope()) {
            return Rows.of(
                    upper.backend().downloadDoubles(upper.weights().unembedRows(tokens)),
                    tokens.length,
                    config().dModel());
        }
    }

    @Override
    public double[][] embedding(int... tokens) {
        return boundary.embedding(tokens);
    }
}
