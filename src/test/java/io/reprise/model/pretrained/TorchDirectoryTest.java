package io.reprise.model.pretrained;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.Parameters;
import io.reprise.model.Tokens;
import io.reprise.weights.TorchFile;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A model whose weights are a pytorch_model.bin, with its tied head in it. */
class TorchDirectoryTest {
    private static final Path TORCH = Path.of("src/test/resources/pickles/gpt2");
    private static final Path SAFETENSORS = Path.of("src/test/resources/goldens/gpt2");

    @Test
    void weightsAndLogitsAreThoseOfSafetensorsBitForBit() throws IOException {
        try (Backend backend = new CpuBackend(1);
                ModelDirectory torch = ModelDirectory.open(TORCH);
                ModelDirectory safetensors = ModelDirectory.open(SAFETENSORS);
                Parameters expected = safetensors.parameters(backend);
                Parameters actual = torch.parameters(backend)) {
            assertThat(torch.stored()).isInstanceOf(TorchFile.class);
            assertThat(torch.config()).isEqualTo(safetensors.config());
            expected.byName().forEach((name, tensor) -> assertThat(backend.download(actual.get(name)))
                    .as(name)
                    .containsExactly(backend.download(tensor)));
            Tokens tokens = ModelExport.sample(torch.config());
            float[] logits = backend.download(
                    safetensors.transformer(backend, Residency.ALL).logits(tokens));
            for (Residency residency : Residency.values()) {
                assertThat(backend.download(
                                torch.transformer(backend, residency).logits(tokens)))
                        .containsExactly(logits);
            }
        }
    }
}
