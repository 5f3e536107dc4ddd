package io.reprise.model.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.reprise.weights.StoredDType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Splitting in real processes: killed, without disk space, with less memory than the largest tensor. */
@Tag("slow")
class SplitProcessTest {
    /** wte is 64 MiB, the child's heap 32 MiB. */
    private static final String SHAPE = """
            {"model_type": "gpt2", "n_layer": 3, "n_head": 4, "n_embd": 256, "vocab_size": 65536, "n_positions": 8}
            """;

    @TempDir
    static Path folder;

    private static Path source;

    /** Splits {@code arguments[0]} into {@code arguments[1]}, slowly if it shall be killed. */
    public static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws IOException {
            boolean slow = arguments.length > 2;
            try {
                ModelSplit.split(Path.of(arguments[0]), 1, Path.of(arguments[1]), false, (bytes, of) -> {
                    if (slow && bytes > of / 2) {
                        System.out.println("copying");
                        System.out.flush();
                        wait(60_000);
                    }
                });
                System.out.println("done");
            } catch (IOException e) {
                System.out.println(e.getMessage());
                System.exit(2);
            }
        }

        private static void wait(int ms) {
            try {
                Thread.sleep(ms);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @BeforeAll
    static void writeAModel() throws IOException {
        source = folder.resolve("source");
        RandomDirectory.write(SHAPE, StoredDType.F32, source);
    }

    private static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private record Said(int code, String out) {}

    private static Said run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), out);
    }

    @Test
    void aKilledSplitLeavesNoPartAndIsRunAgain() throws Exception {
        Path home = Files.createDirectory(folder.resolve("killed"));
        Path part = home.resolve("part");
        Process process = new ProcessBuilder(java(source.toString(), part.toString(), "slowly"))
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine()).isEqualTo("copying");
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(names(home)).containsExactly(".part.tmp");
        Said again = run(java(source.toString(), part.toString()));
        assertThat(again).isEqualTo(new Said(0, "done\n"));
        assertThat(names(home)).containsExactly("part");
        try (ModelDirectory whole = ModelDirectory.open(source);
                ModelDirectory opened = ModelDirectory.open(part)) {
            opened.checkPartOf(whole);
        }
    }

    @Test
    void aFullDiskLeavesNothingAndSaysSoOnce() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash limits the size of files");
        Path home = Files.createDirectory(folder.resolve("full"));
        Path part = home.resolve("part");
        List<String> command = new ArrayList<>(List.of("/bin/bash", "-c", "ulimit -f 8192 && exec \"$@\"", "bash"));
        command.addAll(java(source.toString(), part.toString()));
        Said said = run(command);
        assertThat(said.out())
                .isEqualTo(
                        part + " could not be written, and nothing of it is left: File too large. Is the disk full? It"
                                + " needs 70.0 MiB; --virtual copies nothing\n");
        assertThat(said.code()).isEqualTo(2);
        assertThat(names(home)).isEmpty();
    }

    private static List<String> names(Path path) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
