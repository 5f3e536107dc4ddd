package io.reprise.backend.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only shows in a process of its own: start-up, output, resident memory. */
class Nd4jProcessTest {
    @TempDir
    Path directory;

    @Test
    void loadingTheClassDoesNotStartNd4j() throws Exception {
        Path log = directory.resolve("classes.txt");
        run(List.of("-Xlog:class+init=info:file=" + log), "load");
        assertThat(Files.readString(log))
                .contains("io.reprise.backend.nd4j.Nd4jBackend")
                .doesNotContain("org.nd4j");
    }

    @Test
    void computingPrintsNothing() throws Exception {
        run(List.of(), "compute");
    }

    @Test
    void aTrainingLoopNeitherAllocatesNorGrows() throws Exception {
        checkLoop(450, 150);
    }

    @Test
    @Tag("slow")
    void aLongTrainingLoopNeitherAllocatesNorGrows() throws Exception {
        checkLoop(3000, 600);
    }

    /**
     * A step makes about a hundred arrays, 300 KB: not given back, 300 steps would be 90 MB. The heap is resident from the start
     * and the optimising compiler off, so that neither can be what grows; 24 MB are left to compiled code and malloc's arenas.
     */
    private void checkLoop(int steps, int warmUp) throws Exception {
        Path result = directory.resolve("usage.txt");
        List<String> flags = List.of("-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1");
        run(flags, "train", Integer.toString(steps), Integer.toString(warmUp), result.toString());
        Nd4jProcess.Usage usage = Nd4jProcess.Usage.parse(Files.readString(result));
        assertThat(usage.allocations()).as("arrays made after the warm-up").isZero();
        assertThat(usage.inUse()).as("arrays not given back after the warm-up").isZero();
        assertThat(usage.residentKiB()).as("growth of resident memory").isLessThan(24 * 1024);
        assertThat(usage.lastLoss()).as("the loop learns").isLessThan(0.1 * usage.firstLoss());
    }

    private void run(List<String> flags, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Nd4jProcess.class.getName()));
        command.addAll(List.of(arguments));
        Path output = directory.resolve("output.txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        // The library's threads spin while they wait: two beside a busy machine's other work are five times slower than
        // one.
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process process = builder.start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(Files.readString(output)).isEmpty();
        assertThat(ended).as("ended within five minutes").isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
