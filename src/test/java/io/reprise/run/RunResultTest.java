package io.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunResultTest {
    @TempDir
    Path directory;

    @Test
    void readsBackAsWrittenMaskedCellsAndNansIncluded() throws IOException {
        RunResult result = RunResults.of("quickstart", "5f", 42, Map.of("test/accuracy", 0.998));
        Path file = directory.resolve("results.json");
        Files.writeString(file, Json.write(result));
        assertThat(RunResult.read(file)).isEqualTo(result);
        assertThat(RunResult.read(file).scores().get(0).ceiling()).isNaN();
        assertThat(RunResult.read(file).figures().get(0).values().get(0)).containsExactly(1.0, null);
        assertThat(RunResult.read(file).data().examples().keySet()).containsExactly("train", "validation", "test");
        assertThat(Json.write(RunResult.read(file))).isEqualTo(Files.readString(file));
    }

    @Test
    void aResultOfAnOlderVersionIsToBeDoneAgain() throws IOException {
        Path file = Files.writeString(directory.resolve("results.json"), "{\"name\": \"old\"}");
        assertThatThrownBy(() -> RunResult.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + " line 1 has no ")
                .hasMessageContaining("was it written by an older one? Do the run again with --force");
    }

    @Test
    void refusesMetricsThatAreNotFinite() {
        assertThatThrownBy(() -> RunResults.of("x", "5f", 1, Map.of("final/train/loss", Double.NaN)))
                .hasMessageContaining("final/train/loss = NaN");
    }

    @Test
    void figuresNeedOneLabelPerRowAndColumn() {
        assertThatThrownBy(() ->
                        new Figure("f", "", "", "", "", "", List.of("a"), List.of("b"), List.of(List.of(1.0, 2.0))))
                .hasMessage("figure f: a row has 2 values for 1 column labels");
        assertThatThrownBy(() -> new Figure("../f", "", "", "", "", "", List.of(), List.of(), List.of()))
                .hasMessageContaining("file name");
    }
}
