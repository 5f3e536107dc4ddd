package io.reprise.analysis.lens;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.backend.Backend;
import io.reprise.model.Golden;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.model.pretrained.Residency;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Trajectories of every family against PyTorch's lens logits, on every backend, stored and streamed. */
class LensGoldenTest {
    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("io.reprise.model.pretrained.GoldenTest#models")
    void everyRowsLogitsAreTorchs(String name, String backendName, Supplier<Backend> make, double tolerance)
            throws IOException {
        try (Golden golden = new Golden(name);
                Backend backend = make.get();
                ModelDirectory directory = ModelDirectory.open(golden.directory())) {
            Tokens tokens = golden.tokens();
            List<int[]> prompts = List.of(
                    Arrays.copyOfRange(tokens.ids(), 0, tokens.length()),
                    Arrays.copyOfRange(tokens.ids(), tokens.length(), 2 * tokens.length()));
            for (Residency residency : Residency.values()) {
                Transformer model = directory.transformer(backend, residency);
                int dVocab = model.config().dVocab();
                List<Trajectory> traced =
                        new Lens(model, LensSpec.defaults().withAllLogits()).trace(prompts, 2, n -> {});
                for (int layer = 0; layer < model.config().nLayers(); layer++) {
                    double[] logits = new double[tokens.rows() * dVocab];
                    for (int row = 0; row < tokens.rows(); row++) {
                        float[] own = traced.get(row / tokens.length()).logits(layer + 1, row % tokens.length());
                        for (int v = 0; v < dVocab; v++) {
                            logits[row * dVocab + v] = own[v];
                        }
                    }
                    golden.check("lens_logits." + layer, logits, tolerance);
                }
                assertThat(traced.get(0).rows()).hasSize(model.config().nLayers() + 1);
            }
        }
    }
}
