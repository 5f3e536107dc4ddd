package io.reprise.analysis.relation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.relation.jacobian.JacobianMethod;
import io.reprise.analysis.relation.jacobian.JacobianOptions;
import io.reprise.analysis.relation.jacobian.TransformerSubject;
import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.backend.nd4j.Nd4jBackend;
import io.reprise.model.AttentionOnlyJacobian;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.DType;
import io.reprise.tensor.Rng;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An attention-only model without norm has its Jacobian in closed form; the estimators' Jacobian is it. */
class AttentionOnlySubjectTest {
    private static final int[] TOKENS = {3, 1, 4, 1, 5, 9};

    @ParameterizedTest
    @CsvSource({
        "0, embed, PUSHFORWARD",
        "3, embed+pos, PUSHFORWARD",
        "5, embed, PUSHFORWARD",
        "5, embed+pos, PUSHFORWARD",
        "3, embed, PULLBACK",
        "5, embed, PULLBACK",
        "3, embed, ROWS",
        "5, embed, ROWS"
    })
    void theJacobianIsTheClosedForm(int subject, String from, JacobianMethod method) {
        // rounding of float64 in sums of a few dozen terms of order 1
        check(subject, from, method, new Nd4jBackend(DType.FLOAT64), 1e-12);
    }

    @ParameterizedTest
    @CsvSource({"3, embed, PUSHFORWARD", "5, embed+pos, PUSHFORWARD", "5, embed, PULLBACK"})
    void soItIsInFloat32(int subject, String from, JacobianMethod method) {
        // rounding of float32: 2⁻²⁴ for each of some dozens of terms
        check(subject, from, method, new CpuBackend(1), 1e-5);
    }

    private static void check(int subject, String from, JacobianMethod method, Backend opened, double tolerance) {
        try (Backend backend = opened;
                var scope = backend.scope()) {
            ModelConfig config = ModelConfig.toy(
                    1,
                    12,
                    3,
                    4,
                    0,
                    11,
                    6,
                    Activation.RELU,
                    ModelConfig.Normalization.NONE,
                    ModelConfig.Positions.LEARNED,
                    false);
            Transformer model = new Transformer(
                    backend,
                    config,
                    Parameters.initialise(backend, config, 0.4, Rng.of(3).split("init")));
            JacobianOptions options =
                    new JacobianOptions(method, JacobianOptions.defaults().bytes(), (done, total) -> {});
            Linearization linear = TransformerSubject.of(model, options)
                    .linearize(new SubjectPrompt(TOKENS, subject), Ends.toLast(End.parse(from, config), config));
            AttentionOnlyJacobian formula = new AttentionOnlyJacobian(model, TOKENS);
            RealMatrix expected = formula.whole(subject);
            assertThat(linear.jacobian().subtract(expected).getNorm())
                    .isCloseTo(0, within(tolerance * expected.getNorm()));
            assertThat(expected.subtract(formula.frozenPattern(subject)).getFrobeniusNorm())
                    .as("the pattern's share, which the check has to see")
                    .isGreaterThan(0.02);
        }
    }
}
