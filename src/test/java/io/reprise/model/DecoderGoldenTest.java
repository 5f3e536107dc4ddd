package io.reprise.model;

import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.model.Site.Kind;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lens logits of every block against PyTorch's, on every backend. */
class DecoderGoldenTest {
    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("io.reprise.model.pretrained.GoldenTest#models")
    void lensLogitsAreTorchs(String name, String backendName, Supplier<Backend> make, double tolerance)
            throws IOException {
        try (Golden golden = new Golden(name);
                Backend backend = make.get();
                Parameters parameters = ModelDirectory.load(golden.directory(), backend)) {
            Transformer model = new Transformer(backend, parameters.config(), parameters);
            Tokens tokens = golden.tokens();
            for (int layer = 0; layer < model.config().nLayers(); layer++) {
                Site site = Site.of(Kind.RESID_POST, layer);
                double[] stream = model.run(tokens, List.of(site)).get(site).data();
                try (Scope scope = backend.scope()) {
                    Tensor x = backend.upload(
                            Shape.of(tokens.rows(), model.config().dModel()), stream);
                    Tensor logits = Decoder.standard(model.config()).logits(model, x, tokens.batch(), tokens.length());
                    golden.check("lens_logits." + layer, backend.downloadDoubles(logits), tolerance);
                }
            }
        }
    }
}
