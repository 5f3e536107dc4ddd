package io.reprise.analysis.relation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.relation.jacobian.JacobianOptions;
import io.reprise.analysis.relation.jacobian.TransformerSubject;
import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.nd4j.Nd4jBackend;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.DType;
import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;

class FrozenPatternTest {
    private static final int VOCABULARY = 30;
    private static final int WIDTH = 8;
    private static final int RELATION = VOCABULARY - 1;

    /** All subjects before one relation token. */
    private static final List<SubjectPrompt> PROMPTS = IntStream.range(0, RELATION)
            .mapToObj(subject -> new SubjectPrompt(new int[] {subject, RELATION}, 0))
            .toList();

    @Test
    void ofOnePromptTheMeanPatternIsItsOwn() {
        try (Backend backend = new Nd4jBackend(DType.FLOAT64)) {
            Transformer model = toy(backend, 1);
            List<SubjectPrompt> one = PROMPTS.subList(3, 4);
            double[] own =
                    TransformerSubject.of(model, JacobianOptions.defaults()).next(one)[0];
            assertThat(new FrozenPattern(model).next(one)[0]).containsExactly(own, within(1e-12));
        }
    }

    /** 29 logits of 8 + 1 features: an exact fit is no accident. */
    @Test
    void withAHeldPatternTheModelIsAffineInTheSubjectAndWithItsOwnItIsNot() {
        try (Backend backend = new Nd4jBackend(DType.FLOAT64)) {
            Transformer model = toy(backend, 1);
            TransformerSubject subject = TransformerSubject.of(model, JacobianOptions.defaults());
            double[][] embedded = subject.embedding(IntStream.range(0, RELATION).toArray());
            assertThat(residual(embedded, new FrozenPattern(model).next(PROMPTS)))
                    .isLessThan(1e-10);
            assertThat(residual(embedded, subject.next(PROMPTS))).isGreaterThan(1e-2);
        }
    }

    /** Without queries a pattern follows positions alone: held or not, spread or not, it is the same. */
    @Test
    void whereSubjectsCannotMoveThePatternNothingIsHeldAndTheJacobianIsOne() {
        try (Backend backend = new Nd4jBackend(DType.FLOAT64)) {
            Transformer blind = toy(backend, 1, true);
            TransformerSubject subject = TransformerSubject.of(blind, JacobianOptions.defaults());
            double[][] held = new FrozenPattern(blind).next(PROMPTS);
            double[][] own = subject.next(PROMPTS);
            for (int i = 0; i < own.length; i++) {
                assertThat(held[i]).as("subject %d", i).containsExactly(own[i], within(1e-12));
            }
            Ends ends = Ends.toLast(End.after(-1), blind.config());
            assertThat(JacobianSpread.of(subject, PROMPTS, ends)).isLessThan(1e-12);
            Transformer seeing = toy(backend, 1);
            assertThat(JacobianSpread.of(TransformerSubject.of(seeing, JacobianOptions.defaults()), PROMPTS, ends))
                    .isGreaterThan(0.05);
        }
    }

    @Test
    void deeperModelsAndPromptsOfSeveralLengthsAreRefused() {
        try (Backend backend = new Nd4jBackend(DType.FLOAT64)) {
            assertThatThrownBy(() -> new FrozenPattern(toy(backend, 2))).hasMessageStartingWith("n_layers = 2");
            List<SubjectPrompt> mixed = List.of(PROMPTS.get(0), new SubjectPrompt(new int[] {1}, 0));
            assertThatThrownBy(() -> new FrozenPattern(toy(backend, 1)).next(mixed))
                    .hasMessageStartingWith("prompts of several lengths");
        }
    }

    private static Transformer toy(Backend backend, int layers) {
        return toy(backend, layers, false);
    }

    private static Transformer toy(Backend backend, int layers, boolean blind) {
        ModelConfig config = ModelConfig.toy(
                layers,
                WIDTH,
                2,
                4,
                0,
                VOCABULARY,
                2,
                Activation.RELU,
                ModelConfig.Normalization.NONE,
                ModelConfig.Positions.LEARNED,
                false);
        Rng rng = Rng.of(2);
        Parameters parameters = Parameters.of(backend, config, (name, shape) -> {
            Rng own = rng.split(name);
            float[] values = new float[shape.size()];
            for (int i = 0; i < values.length; i++) {
                boolean query = name.endsWith("W_QKV") && i % (3 * WIDTH) < WIDTH;
                values[i] = (blind && query) || name.contains(".b_") ? 0 : (float) (0.6 * own.nextGaussian());
            }
            return values;
        });
        return new Transformer(backend, config, parameters);
    }

    /** What is left of y after the best affine function of x. */
    private static double residual(double[][] x, double[][] y) {
        RealMatrix features = new Array2DRowRealMatrix(x.length, WIDTH + 1);
        for (int i = 0; i < x.length; i++) {
            double[] row = Arrays.copyOf(x[i], WIDTH + 1);
            row[WIDTH] = 1;
            features.setRow(i, row);
        }
        RealMatrix wanted = new Array2DRowRealMatrix(y);
        RealMatrix map = new SingularValueDecomposition(features).getSolver().solve(wanted);
        return features.multiply(map).subtract(wanted).getFrobeniusNorm();
    }
}
