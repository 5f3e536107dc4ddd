package io.reprise.model;

import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;

/**
 * The derivative of one attention-only block without norm, worked out by hand: of the last position's output with respect to the
 * input at the subject's position p. With a the pattern of the last position, v̄ = Σ a_i·v_i and σ the scale, each head adds
 *
 * <ul>
 *   <li>a_p·OV: the subject's value, the pattern held fixed;
 *   <li>a_p·O(v_p − v̄)·(σ·K·q)ᵀ: the subject's key draws attention to it;
 *   <li>if p is the last position, O·Σ a_i·(v_i − v̄)·k_iᵀ·σ·Qᵀ: its query looks elsewhere;
 * </ul>
 *
 * and, if p is the last position, the residual stream adds the identity. Shares no arithmetic with the backends.
 */
public final class AttentionOnlyJacobian {
    private final ModelConfig config;
    private final RealMatrix stream; // [position, d_model], before the block
    private final RealMatrix qkv; // [d_model, 3·heads·d_head]
    private final RealVector qkvBias;
    private final RealMatrix out; // [heads·d_head, d_model]

    public AttentionOnlyJacobian(Transformer model, int[] tokens) {
        this.config = model.config();
        if (config.nLayers() != 1
                || !config.attnOnly()
                || config.hasLayerNorm()
                || config.positions() == ModelConfig.Positions.ROTARY) {
            throw new IllegalArgumentException("the closed form is of one block of attention without norm");
        }
        try (var scope = model.backend().scope()) {
            Site input = Site.of(Site.Kind.RESID_PRE, 0);
            this.stream = matrix(
                    model.run(Tokens.of(tokens), List.of(input)).get(input).data(), config.dModel());
            BlockWeights block = model.weights().block(0);
            this.qkv = matrix(
                    model.backend().downloadDoubles(block.qkvWeight()),
                    block.qkvWeight().shape().columns());
            this.qkvBias = new ArrayRealVector(
                    model.backend().downloadDoubles(block.qkvBias().orElseThrow()));
            this.out = matrix(model.backend().downloadDoubles(block.outWeight()), config.dModel());
        }
    }

    /** dz_i/dh_j [d_model, d_model]. */
    public RealMatrix whole(int subject) {
        return of(subject, true);
    }

    /** The same with the pattern held fixed: the OV path and the residual stream. */
    public RealMatrix frozenPattern(int subject) {
        return of(subject, false);
    }

    private RealMatrix of(int subject, boolean patternMoves) {
        int last = stream.getRowDimension() - 1;
        int d = config.dModel();
        RealMatrix jacobian =
                subject == last ? MatrixUtils.createRealIdentityMatrix(d) : new Array2DRowRealMatrix(d, d);
        for (int head = 0; head < config.nHeads(); head++) {
            jacobian = jacobian.add(ofHead(head, subject, last, patternMoves));
        }
        return jacobian;
    }

    private RealMatrix ofHead(int head, int subject, int last, boolean patternMoves) {
        double scale = config.attnScales().get(0);
        RealMatrix wq = part(head, 0);
        RealMatrix wk = part(head, 1);
        RealMatrix wv = part(head, 2);
        RealMatrix wo = out.getSubMatrix(head * config.dHead(), (head + 1) * config.dHead() - 1, 0, config.dModel() - 1)
                .transpose(); // [d_model, d_head]
        RealMatrix keys = projected(wk, head, 1);
        RealMatrix values = projected(wv, head, 2);
        RealVector query = projected(wq, head, 0).getRowVector(last);
        RealVector pattern = softmax(keys.operate(query).mapMultiply(scale));
        RealVector mean = values.preMultiply(pattern);

        double attended = pattern.getEntry(subject);
        RealMatrix jacobian = wo.multiply(wv.transpose()).scalarMultiply(attended);
        if (!patternMoves) {
            return jacobian;
        }
        RealVector drawn =
                wo.operate(values.getRowVector(subject).subtract(mean)).mapMultiply(attended * scale);
        jacobian = jacobian.add(drawn.outerProduct(wk.operate(query)));
        if (subject == last) {
            RealMatrix looked = new Array2DRowRealMatrix(config.dHead(), config.dHead());
            for (int i = 0; i <= last; i++) {
                RealVector apart = values.getRowVector(i).subtract(mean).mapMultiply(pattern.getEntry(i) * scale);
                looked = looked.add(apart.outerProduct(keys.getRowVector(i)));
            }
            jacobian = jacobian.add(wo.multiply(looked).multiply(wq.transpose()));
        }
        return jacobian;
    }

    /** Columns of q (0), k (1) or v (2): [d_model, d_head]. */
    private RealMatrix part(int head, int which) {
        int from = from(head, which);
        return qkv.getSubMatrix(0, config.dModel() - 1, from, from + config.dHead() - 1);
    }

    private int from(int head, int which) {
        return (which * config.nHeads() + head) * config.dHead();
    }

    /** [position, d_head] */
    private RealMatrix projected(RealMatrix weight, int head, int which) {
        RealMatrix rows = stream.multiply(weight);
        RealVector bias = qkvBias.getSubVector(from(head, which), config.dHead());
        for (int i = 0; i < rows.getRowDimension(); i++) {
            rows.setRowVector(i, rows.getRowVector(i).add(bias));
        }
        return rows;
    }

    private static RealVector softmax(RealVector scores) {
        double most = scores.getMaxValue();
        RealVector weights = scores.map(s -> Math.exp(s - most));
        return weights.mapDivide(weights.getL1Norm());
    }

    private static RealMatrix matrix(double[] flat, int columns) {
        RealMatrix matrix = new Array2DRowRealMatrix(flat.length / columns, columns);
        for (int i = 0; i < flat.length; i++) {
            matrix.setEntry(i / columns, i % columns, flat[i]);
        }
        return matrix;
    }
}
