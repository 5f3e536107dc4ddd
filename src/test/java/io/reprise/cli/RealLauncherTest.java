package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher with this machine's JDK and Maven, on a copy of the sources. Needs what a build has downloaded before. */
@Tag("slow")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RealLauncherTest {
    @TempDir
    static Path folder;

    private record Said(int code, String out, String err) {}

    @BeforeAll
    static void copyTheSources() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash is needed");
        for (var entry : List.of("reprise", "pom.xml", "src/main")) {
            copy(Path.of(entry), folder.resolve("home").resolve(entry));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                var target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    private static Said run(String... words) throws IOException, InterruptedException {
        return shell(List.of(folder.resolve("home/reprise").toString()), words);
    }

    private static Said shell(List<String> command, String... words) throws IOException, InterruptedException {
        var all = new ArrayList<>(command);
        all.addAll(List.of(words));
        var out = Files.createTempFile(folder, "out", "");
        var err = Files.createTempFile(folder, "err", "");
        var builder = new ProcessBuilder(all)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("REPRISE_MAVEN_ARGS", "-o");
        int code = builder.start().waitFor();
        return new Said(code, Files.readString(out), Files.readString(err));
    }

    @Test
    void buildsOnceAndSaysNothingOfItsMachinery() throws Exception {
        var first = run("--version");
        assertThat(first.err()).isIn("Building reprise (first use, about a minute) … done\n", "");
        assertThat(first.out()).startsWith("reprise ").contains("Java ");
        assertThat(first.code()).isZero();
        var second = run("--version");
        assertThat(second.err()).isEmpty();
        assertThat(second.code()).isZero();
    }

    @Test
    void tellsAMistakeOnceAndLosesNothingOfIt() throws Exception {
        run("--version");
        Files.writeString(
                folder.resolve("lab.yaml"),
                "name: lab\ntask: {series: numerals, rule: {add: 1}, start: 1..9, length: 3}\nmodel: {n_heads: 5}\n");
        // all of it must have arrived when the process ends: there is no pipe to drain
        for (int i = 0; i < 5; i++) {
            var said = run("run", "lab.yaml", "train.stpes=10");
            assertThat(said.code()).isEqualTo(2);
            assertThat(said.out()).isEmpty();
            assertThat(said.err())
                    .startsWith("lab.yaml has 2 problems:\n  train.stpes: unknown key (did you mean train.steps?)\n")
                    .endsWith(", or give d_head\n");
        }
        var together = shell(List.of(
                "/bin/bash", "-c", "'" + folder.resolve("home/reprise") + "' run lab.yaml > both 2>&1; echo $?"));
        assertThat(together.out()).isEqualTo("2\n");
        assertThat(folder.resolve("both")).content().startsWith("lab.yaml has 1 problem:\n");
    }

    @Test
    void seesATerminalThroughTheFilter() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script(1) gives a terminal");
        run("--version");
        var properties = folder.resolve("home/reprise") + " --version";
        var said = shell(List.of(
                "/usr/bin/script", "-qec", "REPRISE_JAVA_OPTS=-XshowSettings:properties " + properties, "/dev/null"));
        assertThat(said.out()).contains("reprise.terminal = true");
        assertThat(run("--version").out()).doesNotContain("reprise.terminal");
    }
}
