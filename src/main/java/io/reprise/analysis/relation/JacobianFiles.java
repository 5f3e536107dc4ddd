package io.reprise.analysis.relation;

import io.reprise.tensor.Shape;
import io.reprise.weights.AtomicFile;
import io.reprise.weights.SafetensorsFile;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.TensorEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.math3.linear.MatrixUtils;

/**
 * A directory with one safetensors file per linearization: jacobian [d, d], h and z in F64, so that what is read is what was put. A file
 * is named by a digest of the model's fingerprint, the ends, the tokens and the subject's position, which it also states.
 */
public final class JacobianFiles implements JacobianStore {
    private static final String KEY = "key";
    private final Path directory;
    private final String fingerprint;
    private final AtomicFile files;

    /** @param fingerprint tells this model, at this precision, from every other */
    public JacobianFiles(Path directory, String fingerprint, AtomicFile files) {
        this.directory = directory;
        this.fingerprint = fingerprint;
        this.files = files;
    }

    /** @throws IOException naming the file, if it can't be read or is of another prompt */
    @Override
    public Optional<Linearization> find(SubjectPrompt prompt, Ends ends) throws IOException {
        Path file = file(prompt, ends);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (SafetensorsFile stored = SafetensorsFile.open(file)) {
            double[] h = stored.readDoubles("h");
            double[] z = stored.readDoubles("z");
            if (!key(prompt, ends).equals(stored.metadata().get(KEY))
                    || !stored.shape("jacobian").equals(Shape.of(z.length, h.length))) {
                throw new IOException(
                        file + " does not hold the Jacobian that its name says; delete it to compute it again");
            }
            return Optional.of(new Linearization(
                    new State(h, z),
                    MatrixUtils.createRealMatrix(Rows.of(stored.readDoubles("jacobian"), z.length, h.length))));
        }
    }

    @Override
    public void put(SubjectPrompt prompt, Ends ends, Linearization linearization) throws IOException {
        Files.createDirectories(directory);
        State state = linearization.state();
        SafetensorsWriter.writeAtomically(
                files,
                file(prompt, ends),
                Map.of(KEY, key(prompt, ends)),
                List.of(
                        TensorEntry.of(
                                "jacobian",
                                Shape.of(state.z().length, state.h().length),
                                Rows.flat(linearization.jacobian())),
                        TensorEntry.of("h", Shape.of(state.h().length), state.h()),
                        TensorEntry.of("z", Shape.of(state.z().length), state.z())));
    }

    private Path file(SubjectPrompt prompt, Ends ends) {
        return directory.resolve(Digests.sha256(key(prompt, ends).getBytes(StandardCharsets.UTF_8)) + ".safetensors");
    }

    private String key(SubjectPrompt prompt, Ends ends) {
        return fingerprint + "\n" + ends.from() + "\n" + ends.to() + "\n" + prompt;
    }
}
