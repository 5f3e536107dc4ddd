package io.reprise.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.backend.Applied;
import io.reprise.backend.Backend;
import io.reprise.backend.CrossEntropy;
import io.reprise.backend.Gradients;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.backend.nd4j.Nd4jBackend;
import io.reprise.tensor.DType;
import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The derivative of whole models, and what two backends that share no code make of them. */
class ToyGradientTest {
    private static final Backend FLOAT64 = new Nd4jBackend(DType.FLOAT64);
    private static final Backend FLOAT32 = new CpuBackend(1);

    private static final Tokens TOKENS = ToyShape.tokens(2, 5, 1);

    /** Next tokens where there is one; another position without a target too. */
    private static final int[] TARGETS = {3, 1, -1, 4, -1, 5, 9, 2, 6, -1};

    /** Rounding of float32 through two blocks and back. */
    private static final double ROUNDING = 5e-5;

    @AfterAll
    static void close() {
        FLOAT64.close();
        FLOAT32.close();
    }

    @ParameterizedTest
    @MethodSource("io.reprise.model.ToyShape#all")
    void pullbackAlongARandomDirectionOfAllWeightsIsTheCentralDifference(ToyShape toy) {
        try (Scope scope = FLOAT64.scope()) {
            Transformer model = toy.random(FLOAT64);
            Map<String, double[]> gradients = gradients(model);
            Rng rng = Rng.of(7);
            Map<String, float[]> direction = new LinkedHashMap<>();
            double expected = 0;
            for (var gradient : gradients.entrySet()) {
                float[] signs = new float[gradient.getValue().length];
                for (int i = 0; i < signs.length; i++) {
                    signs[i] = rng.nextInt(2) == 0 ? 1 : -1;
                    expected += signs[i] * gradient.getValue()[i];
                }
                direction.put(gradient.getKey(), signs);
            }
            check("all weights at once", expected, slope(along(model, direction), 0x1p-13));
        }
    }

    @ParameterizedTest
    @MethodSource("io.reprise.model.ToyShape#few")
    void pullbackToSampledWeightsIsTheCentralDifference(ToyShape toy) {
        try (Scope scope = FLOAT64.scope()) {
            Transformer model = toy.random(FLOAT64);
            Map<String, double[]> gradients = gradients(model);
            Rng rng = Rng.of(8);
            gradients.forEach((name, gradient) -> {
                // a row of the embedding that no token asks for has nothing to show
                int at = name.equals("embed.W_E")
                        ? TOKENS.ids()[0] * toy.config().dModel()
                        : name.equals("pos_embed.W_pos") ? 7 : rng.nextInt(gradient.length);
                float[] one = new float[gradient.length];
                one[at] = 1;
                check(name + "[" + at + "]", gradient[at], slope(along(model, Map.of(name, one)), 0x1p-10));
            });
        }
    }

    @ParameterizedTest
    @MethodSource("io.reprise.model.ToyShape#withLayers")
    void everyBlockObeysTheAdjointLawForStackedCopies(ToyShape toy) {
        try (Scope scope = FLOAT64.scope()) {
            AppliedTransformer applied = toy.random(FLOAT64).apply(TOKENS);
            int copies = 2;
            int each = TOKENS.rows() * toy.config().dModel();
            Shape shape = Shape.of(copies * TOKENS.rows(), toy.config().dModel());
            Rng rng = Rng.of(9);
            for (Applied block : applied.blocks()) {
                double[] v = ToyShape.gaussians(copies * each, rng);
                double[] u = ToyShape.gaussians(copies * each, rng);
                double[] jv = FLOAT64.downloadDoubles(block.pushforward(FLOAT64.upload(shape, v)));
                double[] ju = FLOAT64.downloadDoubles(block.pullback(FLOAT64.upload(shape, u), Gradients.NONE));
                for (int copy = 0; copy < copies; copy++) {
                    double forward = dot(u, jv, copy * each, each);
                    double backward = dot(ju, v, copy * each, each);
                    double size = Math.sqrt(dot(u, u, copy * each, each) * dot(jv, jv, copy * each, each));
                    assertThat(backward).as("⟨Jᵀu, v⟩ of copy %d", copy).isCloseTo(forward, within(1e-12 * size));
                    assertThat(size).isGreaterThan(1);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.reprise.model.ToyShape#all")
    void bothBackendsAgreeInLogitsAndGradients(ToyShape toy) {
        try (Scope wide = FLOAT64.scope();
                Scope narrow = FLOAT32.scope()) {
            Transformer exact = toy.random(FLOAT64);
            Transformer rounded = toy.random(FLOAT32);
            Golden.checkClose(
                    "logits",
                    FLOAT32.downloadDoubles(rounded.logits(TOKENS)),
                    FLOAT64.downloadDoubles(exact.logits(TOKENS)),
                    ROUNDING);
            Map<String, double[]> expected = gradients(exact);
            gradients(rounded).forEach((name, gradient) -> {
                double norm = Math.sqrt(dot(gradient, gradient, 0, gradient.length));
                assertThat(norm).as("gradient of %s", name).isGreaterThan(0.01);
                Golden.checkClose("gradient of " + name, gradient, expected.get(name), ROUNDING);
            });
        }
    }

    private static Map<String, double[]> gradients(Transformer model) {
        Backend backend = model.backend();
        Map<String, Tensor> weights = ((Parameters) model.weights()).byName();
        Map<String, double[]> gradients = new LinkedHashMap<>();
        try (Scope scope = backend.scope()) {
            IdentityHashMap<Tensor, Tensor> accumulators = new IdentityHashMap<>();
            weights.values().forEach(weight -> accumulators.put(weight, backend.zeros(weight.shape())));
            AppliedTransformer applied = model.apply(TOKENS);
            CrossEntropy loss = backend.crossEntropy(applied.logits(), TARGETS);
            applied.pullback(loss.pullback(1), weight -> Optional.ofNullable(accumulators.get(weight)));
            weights.forEach((name, weight) -> gradients.put(name, backend.downloadDoubles(accumulators.get(weight))));
        }
        return gradients;
    }

    /** The loss at weights + t·direction. */
    private static DoubleUnaryOperator along(Transformer model, Map<String, float[]> direction) {
        Parameters parameters = (Parameters) model.weights();
        return t -> {
            Map<String, float[]> before = new LinkedHashMap<>();
            direction.forEach((name, signs) -> {
                float[] weight = FLOAT64.download(parameters.get(name));
                float[] moved = new float[weight.length];
                for (int i = 0; i < weight.length; i++) {
                    moved[i] = (float) (weight[i] + t * signs[i]); // exact: see ToyShape.GRID
                }
                before.put(name, weight);
                FLOAT64.write(parameters.get(name), moved);
            });
            try (Scope scope = FLOAT64.scope()) {
                return FLOAT64.crossEntropy(model.logits(TOKENS), TARGETS).sum();
            } finally {
                before.forEach((name, weight) -> FLOAT64.write(parameters.get(name), weight));
            }
        };
    }

    /** Five-point central difference: its error is of order h⁴. */
    private static double slope(DoubleUnaryOperator f, double h) {
        return (8 * (f.applyAsDouble(h) - f.applyAsDouble(-h)) - (f.applyAsDouble(2 * h) - f.applyAsDouble(-2 * h)))
                / (12 * h);
    }

    /** The quotient's own error: rounding of the loss (1e-15·20/h) and the fifth derivative's share. */
    private static void check(String what, double gradient, double quotient) {
        assertThat(gradient).as(what).isCloseTo(quotient, within(1e-7 * Math.abs(quotient) + 1e-8));
    }

    private static double dot(double[] a, double[] b, int from, int count) {
        double sum = 0;
        for (int i = from; i < from + count; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
