package io.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.weights.WriteObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
    @TempDir
    Path directory;

    private Path log(int steps) throws IOException {
        Path file = directory.resolve("metrics.jsonl");
        try (MetricsLog log = MetricsLog.create(file, WriteObserver.NONE)) {
            for (int step = 0; step < steps; step++) {
                log.append(step * 10L, Map.of("val/loss", 1.0 / (step + 1), "train/loss", 2.0));
            }
        }
        return file;
    }

    @Test
    void writesStepFirstThenMetricsByName() throws IOException {
        assertThat(Files.readString(log(2))).isEqualTo("""
                        {"step":0,"train/loss":2.0,"val/loss":1.0}
                        {"step":10,"train/loss":2.0,"val/loss":0.5}
                        """);
    }

    @Test
    void keepsNanAndInfinitiesAsWords() throws IOException {
        Path file = directory.resolve("odd.jsonl");
        Map<String, Double> odd =
                Map.of("a", Double.NaN, "b", Double.POSITIVE_INFINITY, "c", Double.NEGATIVE_INFINITY, "d", -0.0);
        try (MetricsLog log = MetricsLog.create(file, WriteObserver.NONE)) {
            log.append(1, odd);
        }
        assertThat(file).hasContent("{\"step\":1,\"a\":\"NaN\",\"b\":\"Infinity\",\"c\":\"-Infinity\",\"d\":-0.0}");
        assertThat(MetricsLog.read(file)).containsExactly(new MetricsLog.Entry(1, odd));
    }

    @Test
    void resumeCutsLinesAfterTheCheckpointAndGoesOnToTheSameBytes() throws IOException {
        byte[] whole = Files.readAllBytes(log(6));
        Path file = directory.resolve("metrics.jsonl");
        Files.writeString(file, "{\"step\":60,\"train/lo", StandardOpenOption.APPEND); // torn by a crash
        try (MetricsLog log = MetricsLog.resume(file, 30, WriteObserver.NONE)) {
            log.append(40, Map.of("val/loss", 0.2, "train/loss", 2.0));
            log.append(50, Map.of("val/loss", 1.0 / 6, "train/loss", 2.0));
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    }

    @Test
    void everyTornEndIsDropped() throws IOException {
        byte[] whole = Files.readAllBytes(log(3));
        Path file = directory.resolve("torn.jsonl");
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            long lines = Files.readString(file).chars().filter(c -> c == '\n').count();
            assertThat(MetricsLog.read(file)).hasSize((int) lines);
            MetricsLog.resume(file, 1000, WriteObserver.NONE).close();
            assertThat(Files.readString(file)).matches("(?s)(.*\n)?").satisfies(text -> assertThat(text.lines())
                    .hasSize((int) lines));
        }
    }

    @Test
    void damagedLineIsAnErrorNamingIt() throws IOException {
        Path file = log(3);
        Files.writeString(file, Files.readString(file).replace("{\"step\":10,", "{\"stpe\":10,"));
        assertThatThrownBy(() -> MetricsLog.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("metrics.jsonl line 2 is not a line of metrics");
    }

    @Test
    void stepsCannotGoBack() throws IOException {
        Path file = log(3);
        try (MetricsLog log = MetricsLog.resume(file, 20, WriteObserver.NONE)) {
            assertThatThrownBy(() -> log.append(10, Map.of())).hasMessageContaining("step 10 after step 20");
        }
    }

    @Test
    void metricCannotBeCalledStep() {
        assertThatThrownBy(() -> new MetricsLog.Entry(1, Map.of("step", 1.0))).hasMessageContaining("\"step\"");
    }
}
