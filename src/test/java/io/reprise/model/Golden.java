package io.reprise.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.weights.SafetensorsFile;
import io.reprise.weights.WeightSource;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** A model directory with what PyTorch computed on it in float64 (see src/test/resources/goldens/README.md). */
public final class Golden implements AutoCloseable {
    private final Path directory;
    private final SafetensorsFile expected;

    public Golden(String name) throws IOException {
        try {
            directory = Path.of(Golden.class.getResource("/goldens/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        expected = SafetensorsFile.open(directory.resolve("expected.safetensors"));
    }

    public Path directory() {
        return directory;
    }

    public SafetensorsFile expected() {
        return expected;
    }

    public Tokens tokens() throws IOException {
        long[] ids = expected.readLongs("input_ids");
        int[] tokens = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            tokens[i] = (int) ids[i];
        }
        return new Tokens(
                tokens,
                expected.shape("input_ids").dim(0),
                expected.shape("input_ids").dim(1));
    }

    /** The gradients under the names of their parameters. */
    public WeightSource gradients() throws IOException {
        return new Renamed(expected);
    }

    /** Next-token targets of {@link #tokens()}, -1 at each last position. */
    public int[] nextTokens() throws IOException {
        Tokens tokens = tokens();
        int[] targets = new int[tokens.rows()];
        for (int row = 0; row < targets.length; row++) {
            targets[row] = row % tokens.length() == tokens.length() - 1 ? -1 : tokens.ids()[row + 1];
        }
        return targets;
    }

    /** ‖actual − expected‖ ≤ tolerance·‖expected‖ + 1e-8·√n, Frobenius; NaN never passes. */
    public void check(String name, double[] actual, double tolerance) throws IOException {
        checkClose(name, actual, expected.readDoubles(name), tolerance);
    }

    public static void checkClose(String name, double[] actual, double[] expected, double tolerance) {
        assertThat(actual).as(name).hasSameSizeAs(expected);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }
        assertThat(Math.sqrt(difference))
                .as("%s: ‖difference‖, of norm %g", name, Math.sqrt(norm))
                .isLessThanOrEqualTo(tolerance * Math.sqrt(norm) + 1e-8 * Math.sqrt(expected.length));
    }

    @Override
    public void close() throws IOException {
        expected.close();
    }
}
