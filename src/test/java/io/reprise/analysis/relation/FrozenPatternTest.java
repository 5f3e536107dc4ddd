package io.reprise.analysis.relation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
        return new Transformer(
                backend,
                config,
                Parameters.initialise(backend, config, 0.6, Rng.of(2).split("init")));
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
