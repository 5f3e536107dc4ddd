package io.reprise.analysis.relation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorFilesTest {
    private static final Ends ENDS = new Ends(End.after(0), End.after(2));

    @TempDir
    Path folder;

    private final World world = new World(6, 2, 3);

    @Test
    void everyKindIsReadAsItWasWritten() throws IOException {
        for (EstimatorKind kind : EstimatorKind.values()) {
            LinearOperator written = kind.create(Truncation.NONE, EstimatorsTest.answers(world))
                    .fit(EstimatorsTest.training(world, 3), ENDS)
                    .withBeta(2.25);
            OperatorFiles.write(folder, kind.key(), written, "<p>", List.of("a"), 6, "print", new AtomicFile());
            OperatorFiles.Stored stored = OperatorFiles.read(folder, kind.key(), world.config(), "print");
            LinearOperator read = stored.operator();
            assertThat(stored.prefix()).isEqualTo("<p>");
            assertThat(stored.trainedOn()).containsExactly("a");
            double[] h = {1, -2, 3, 1e-9, 5, 1e9};
            assertThat(read.z(h)).containsExactly(written.z(h), within(0.0));
            assertThat(read.ends()).isEqualTo(written.ends());
            assertThat(read.estimator()).isEqualTo(kind.key());
            assertThat(read.beta()).isEqualTo(2.25);
            assertThat(read.demonstrations()).isEqualTo(written.demonstrations());
            assertThat(read.template()).isEqualTo(World.TEMPLATE);
        }
    }

    @Test
    void anotherModelsOperatorIsRefused() throws IOException {
        write("x");
        assertThatThrownBy(() -> OperatorFiles.read(folder, "x", new World(7, 2, 3).config(), "print"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("d_model = 6, but this one has 7");
        assertThatThrownBy(() -> OperatorFiles.read(folder, "x", world.config(), "other"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("fitted to another model");
        replace("x", "\"from\" : \"0\"", "\"from\" : \"9\"");
        assertThatThrownBy(() -> OperatorFiles.read(folder, "x", world.config(), "print"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("layer 9 is out of range");
    }

    @Test
    void filesThatAreNotOfOneWritingAreRefused() throws IOException {
        write("x");
        byte[] bytes = Files.readAllBytes(folder.resolve("x.safetensors"));
        bytes[bytes.length - 1] ^= 1;
        Files.write(folder.resolve("x.safetensors"), bytes);
        assertThatThrownBy(() -> OperatorFiles.read(folder, "x", world.config(), "print"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not of one writing");
        Files.delete(folder.resolve("x.safetensors"));
        assertThatThrownBy(() -> OperatorFiles.read(folder, "x", world.config(), "print"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not of one writing");
    }

    @Test
    void aDescriptionIsReadStrictly() throws IOException {
        write("x");
        replace("x", "\"beta\" : 1.0", "\"beta\" : 1.0, \"gamma\" : 2");
        assertThatThrownBy(() -> OperatorFiles.read(folder, "x", world.config(), "print"))
                .hasMessageContaining("gamma");
        write("x");
        replace("x", "\"beta\" : 1.0,", "");
        assertThatThrownBy(() -> OperatorFiles.read(folder, "x", world.config(), "print"))
                .hasMessageContaining("beta");
        Files.writeString(folder.resolve("x.json"), "{");
        assertThatThrownBy(() -> OperatorFiles.read(folder, "x", world.config(), "print"))
                .hasMessageContaining("does not describe an operator");
        assertThatThrownBy(() -> OperatorFiles.read(folder, "absent", world.config(), "print"))
                .hasMessageContaining("there is no operator");
    }

    @Test
    void storedJacobiansAreFoundByPromptEndsAndModelOnly() throws IOException {
        var store = new JacobianFiles(folder, "print", new AtomicFile());
        SubjectPrompt prompt = new SubjectPrompt(new int[] {1, 12}, 0);
        Linearization made = world.linearize(prompt, ENDS);
        assertThat(store.find(prompt, ENDS)).isEmpty();
        store.put(prompt, ENDS, made);
        Linearization found = store.find(prompt, ENDS).orElseThrow();
        assertThat(found.jacobian()).isEqualTo(made.jacobian());
        assertThat(found.bias()).containsExactly(made.bias(), within(0.0));
        assertThat(store.find(new SubjectPrompt(new int[] {1, 12}, 1), ENDS)).isEmpty();
        assertThat(store.find(prompt, new Ends(End.after(1), End.after(2)))).isEmpty();
        assertThat(new JacobianFiles(folder, "other", new AtomicFile()).find(prompt, ENDS))
                .isEmpty();
        try (var files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            Files.write(all.get(0), new byte[] {1, 2, 3});
        }
        assertThatThrownBy(() -> store.find(prompt, ENDS)).isInstanceOf(IOException.class);
    }

    private void write(String name) throws IOException {
        LinearOperator operator =
                new JacobianIclMeanEstimator(Truncation.NONE).fit(EstimatorsTest.training(world, 3), ENDS);
        OperatorFiles.write(folder, name, operator, "", List.of("a"), 6, "print", new AtomicFile());
    }

    private void replace(String name, String from, String to) throws IOException {
        Path file = folder.resolve(name + ".json");
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }
}
