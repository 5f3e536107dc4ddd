package io.reprise.backend.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class CudaTest {
    @Test
    void servesComputeCapability37To89() {
        int[][] served = {{3, 7}, {5, 0}, {5, 2}, {6, 0}, {6, 1}, {7, 0}, {7, 5}, {8, 0}, {8, 6}, {8, 9}};
        for (int[] capability : served) {
            assertThat(Cuda.refusal(new Cuda.Device(0, capability[0], capability[1])))
                    .as(capability[0] + "." + capability[1])
                    .isEmpty();
        }
    }

    @Test
    void refusesANewerCardInOneSentence() {
        assertThat(Cuda.refusal(new Cuda.Device(1, 9, 0)))
                .hasValue(
                        "GPU 1 has compute capability 9.0, newer than the CUDA build of ND4J (nd4j-cuda-11.6) supports, "
                                + "3.7 to 8.9; hide it with CUDA_VISIBLE_DEVICES or use backend: cpu, or the build without the "
                                + "profile cuda");
        assertThat(Cuda.refusal(new Cuda.Device(0, 10, 0))).get().asString().contains("10.0, newer");
        assertThat(Cuda.refusal(new Cuda.Device(0, 12, 1))).get().asString().contains("12.1, newer");
    }

    @Test
    void refusesAnOlderCardToo() {
        assertThat(Cuda.refusal(new Cuda.Device(0, 3, 5))).get().asString().contains("3.5, older");
        assertThat(Cuda.refusal(new Cuda.Device(0, 2, 1))).get().asString().contains("2.1, older");
    }

    @Test
    void oneCardThatCannotBeServedIsEnoughAndNoneIsToo() {
        Cuda.Device ampere = new Cuda.Device(0, 8, 6);
        Cuda.Device hopper = new Cuda.Device(1, 9, 0);
        assertThatCode(() -> Cuda.requireServed(List.of(ampere))).doesNotThrowAnyException();
        assertThatThrownBy(() -> Cuda.requireServed(List.of(ampere, hopper)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GPU 1 has compute capability 9.0");
        assertThatThrownBy(() -> Cuda.requireServed(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no GPU");
    }

    /** The default build is asked nothing: its ND4J runs on the CPU. */
    @Test
    void theDefaultBuildIsNotTheCudaBuild() {
        assertThat(Cuda.onClassPath()).isFalse();
    }

    /** Without the profile's jars asking the runtime fails; a user reads why, not a stack trace. */
    @Test
    void absentCudaLibrariesAreReportedAsSuch() {
        assertThatThrownBy(Cuda::requireServed)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CUDA 11.6 libraries could not be loaded");
    }
}
