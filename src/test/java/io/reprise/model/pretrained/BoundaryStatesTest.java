package io.reprise.model.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.tensor.Shape;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.TensorEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of boundary states: what is written is read, and what is malformed is named. */
class BoundaryStatesTest {
    private static final String FINGERPRINT = "ab".repeat(32);

    @TempDir
    Path folder;

    private final Map<String, String> metadata =
            new LinkedHashMap<>(BoundaryStates.metadata(2, FINGERPRINT, "gpt2", List.of("é \"x\"", "1")));
    private final List<TensorEntry> tensors = new ArrayList<>(List.of(
            state("é \"x\"", Shape.of(2, 3), 1, 2, 3, 4, 5, 6),
            tokens("é \"x\"", 7, 8),
            state("1", Shape.of(1, 3), 7, 8, 9),
            tokens("1", 4)));

    private static TensorEntry state(String prompt, Shape shape, float... values) {
        return TensorEntry.of(BoundaryStates.stateName(prompt, 2), shape, values);
    }

    private static TensorEntry tokens(String prompt, long... ids) {
        return TensorEntry.of(BoundaryStates.tokensName(prompt), Shape.of(ids.length), ids);
    }

    private BoundaryStates open() throws IOException {
        Path file = folder.resolve("b.safetensors");
        Files.deleteIfExists(file);
        SafetensorsWriter.write(file, metadata, tensors);
        return BoundaryStates.open(file);
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        try (BoundaryStates states = open()) {
            assertThat(states.prompts()).containsExactly("é \"x\"", "1");
            assertThat(states.breakLayer()).isEqualTo(2);
            assertThat(states.fingerprint()).isEqualTo(FINGERPRINT);
            assertThat(states.sourceName()).isEqualTo("gpt2");
            assertThat(states.dModel()).isEqualTo(3);
            assertThat(states.tokens(0)).containsExactly(7, 8);
            assertThat(states.resid(0).shape()).isEqualTo(Shape.of(1, 2, 3));
            assertThat(states.resid(0).data()).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(states.index("1")).isEqualTo(1);
            assertThat(states.index(new int[] {7, 8})).isZero();
        }
    }

    private void refused(String message) {
        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining(message);
    }

    @Test
    void anotherKindOfFileIsNone() {
        metadata.remove("kind");
        refused("is not a file of boundary states; write one with reprise relation boundary");
    }

    @Test
    void missingMetadataIsNamed() {
        for (String key : List.of("break_layer", "source_fingerprint", "source_name", "prompts")) {
            String value = metadata.remove(key);
            refused("has no " + key + " in its metadata");
            metadata.put(key, value);
        }
    }

    @Test
    void malformedMetadataIsNamed() {
        metadata.put("break_layer", "0");
        refused("break_layer is \"0\", expected a layer from 1");
        metadata.put("break_layer", "2");
        for (String prompts : List.of("{", "[]", "[\"1\", \"1\"]", "[1]", "\"1\"")) {
            metadata.put("prompts", prompts);
            refused("is not a list of the prompts' names, each once");
        }
    }

    @Test
    void aMissingOrForeignTensorIsNamed() {
        TensorEntry last = tensors.remove(3);
        refused("1/tokens");
        tensors.add(last);
        tensors.add(tokens("2", 1));
        refused("holds 2/tokens, which belongs to none of its prompts");
    }

    @Test
    void shapesAndTypesMustFit() {
        tensors.set(1, tokens("é \"x\"", 7, 8, 9));
        refused("expected [pos, d_model] and [pos]");
        tensors.set(1, TensorEntry.of(BoundaryStates.tokensName("é \"x\""), Shape.of(2), new int[] {7, 8}));
        refused("expected F32 and I64");
        tensors.set(1, tokens("é \"x\"", 7, 8));
        tensors.set(2, state("1", Shape.of(1, 2), 7, 8));
        refused("has d_model = 2, the prompt before it 3");
    }

    @Test
    void numbersThatAreNoneAreNamedWhenTheyAreRead() throws IOException {
        tensors.set(0, state("é \"x\"", Shape.of(2, 3), 1, 2, 3, 4, Float.NaN, 6));
        tensors.set(1, tokens("é \"x\"", 7, -1));
        try (BoundaryStates states = open()) {
            assertThatThrownBy(() -> states.resid(0)).hasMessageContaining("holds NaN at position 1");
            assertThatThrownBy(() -> states.tokens(0)).hasMessageContaining("holds -1, which is no token id");
        }
    }
}
