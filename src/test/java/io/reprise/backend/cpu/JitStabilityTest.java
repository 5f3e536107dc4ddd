package io.reprise.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The interpreter, the first compiler and the second compute the same bits: else a repeated run could differ from itself. */
class JitStabilityTest {
    @Test
    void theFirstCallAndTheTenThousandthAgreeInAFreshJvm() throws Exception {
        Map<String, String[]> digests = run("--add-modules", "jdk.incubator.vector");
        assertThat(digests).hasSizeGreaterThan(40);
        digests.forEach((name, pair) -> assertThat(pair[1]).as(name).isEqualTo(pair[0]));
    }

    @Test
    void aJvmWithoutTheVectorModuleComputesTheSameBits() throws Exception {
        Map<String, String[]> simd = run("--add-modules", "jdk.incubator.vector");
        Map<String, String[]> plain = run();
        assertThat(plain.keySet()).isEqualTo(simd.keySet());
        plain.forEach((name, pair) -> assertThat(pair[1]).as(name).isEqualTo(simd.get(name)[0]));
    }

    private static Map<String, String[]> run(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), FirstCallBits.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        Map<String, String[]> digests = new LinkedHashMap<>();
        output.lines().forEach(line -> {
            String[] columns = line.split("\t");
            digests.put(columns[0], new String[] {columns[1], columns[2]});
        });
        return digests;
    }
}
