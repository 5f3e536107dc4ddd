package io.reprise.analysis.relation.jacobian;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.analysis.relation.End;
import io.reprise.analysis.relation.Ends;
import io.reprise.analysis.relation.Linearization;
import io.reprise.analysis.relation.SubjectPrompt;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.backend.nd4j.Nd4jBackend;
import io.reprise.model.Golden;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.model.pretrained.Residency;
import io.reprise.tensor.DType;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method's Jacobian against PyTorch's, for every family on every backend. */
class JacobianGoldenTest {
    /** Rounding of float32 through up to three blocks; the goldens' own rounding to float32 bounds float64. */
    private static final double FLOAT32 = 2e-5;

    private static final double FLOAT64 = 1e-6;

    static Stream<Arguments> models() {
        return Stream.of("gpt2", "gpt2-relu-untied", "gpt-neo", "gpt-neox", "gpt-neox-sequential")
                .flatMap(name -> Stream.of(JacobianMethod.values())
                        .flatMap(method -> Stream.of(
                                Arguments.of(name, method, "cpu", (Supplier<Backend>) () -> new CpuBackend(2), FLOAT32),
                                Arguments.of(
                                        name,
                                        method,
                                        "nd4j float64",
                                        (Supplier<Backend>) () -> new Nd4jBackend(DType.FLOAT64),
                                        FLOAT64))));
    }

    @ParameterizedTest(name = "{0} by {1} on {2}")
    @MethodSource("models")
    void theJacobianIsTorchs(
            String name, JacobianMethod method, String backendName, Supplier<Backend> make, double tolerance)
            throws IOException {
        try (Golden golden = new Golden(name);
                Backend backend = make.get();
                ModelDirectory directory = ModelDirectory.open(golden.directory())) {
            Transformer model = directory.transformer(backend, Residency.ONE_LAYER);
            long[] at = golden.expected().readLongs("jacobian_at");
            SubjectPrompt prompt = new SubjectPrompt(
                    Arrays.copyOf(golden.tokens().ids(), golden.tokens().length()), (int) at[1]);
            Ends ends = Ends.toLast(End.after((int) at[0]), model.config());
            // a little memory: the vectors go in several groups
            JacobianOptions options = new JacobianOptions(method, 1, (done, total) -> {});
            Linearization linear = TransformerSubject.of(model, options).linearize(prompt, ends);
            golden.check("jacobian", flat(linear.jacobian()), tolerance);
            int d = model.config().dModel();
            double[] last = golden.expected()
                    .readDoubles("resid_post." + (model.config().nLayers() - 1));
            int row = golden.tokens().length() - 1;
            Golden.checkClose("z", linear.state().z(), Arrays.copyOfRange(last, row * d, (row + 1) * d), tolerance);
            double[] first = golden.expected().readDoubles("resid_post." + at[0]);
            Golden.checkClose(
                    "h",
                    linear.state().h(),
                    Arrays.copyOfRange(first, (int) at[1] * d, ((int) at[1] + 1) * d),
                    tolerance);
            assertThat(linear.jacobian().operate(linear.state().h())[0] + linear.bias()[0])
                    .isCloseTo(linear.state().z()[0], org.assertj.core.data.Offset.offset(1e-9));
        }
    }

    private static double[] flat(RealMatrix matrix) {
        return Arrays.stream(matrix.getData()).flatMapToDouble(Arrays::stream).toArray();
    }
}
