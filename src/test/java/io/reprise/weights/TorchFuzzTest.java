package io.reprise.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes are; a little of it always, much of it under slow. */
class TorchFuzzTest {
    @TempDir
    Path directory;

    private TorchFuzz fuzz;

    @BeforeEach
    void open() throws IOException {
        fuzz = new TorchFuzz(directory);
    }

    @ParameterizedTest
    @MethodSource("io.reprise.weights.TorchFuzz#files")
    void aChangeOfAnyByte(String name) throws IOException {
        fuzz.everyByte(name, 1);
        // most bytes of these small files are names and lengths; data, paddings and check sums are not looked at
        assertThat(fuzz.refused()).isGreaterThan(TorchFuzz.bytes(name).length / 5);
        assertThat(fuzz.opened()).isGreaterThan(TorchFuzz.bytes(name).length / 10);
    }

    @Test
    void someProgramsAndManyChanges() throws IOException {
        fuzz.anyProgram(2_000);
        fuzz.manyBytes("legacy-f16", 1200, 2_000);
        assertThat(fuzz.refused()).isGreaterThan(3_500);
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("io.reprise.weights.TorchFuzz#files")
    void manyChangesOfAnyByte(String name) throws IOException {
        fuzz.everyByte(name, 25);
        fuzz.manyBytes(name, 1500, 40_000);
        assertThat(fuzz.refused()).isGreaterThan(40_000);
    }

    @Tag("slow")
    @Test
    void manyPrograms() throws IOException {
        fuzz.anyProgram(300_000);
        assertThat(fuzz.refused()).isEqualTo(300_000);
    }
}
