package io.reprise.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a project of its own, with a JDK and a Maven that are a few lines of shell. */
@Timeout(60)
class LauncherTest {
    private static final Path BASH = Path.of("/bin/bash");

    @TempDir
    Path folder;

    private Path home;
    private Path jdk;
    private Path tools;
    private final Map<String, String> environment = new TreeMap<>();

    /** What a process said and how it ended. */
    private record Said(int code, String out, String err) {}

    @BeforeEach
    void makeAProject() throws IOException {
        assumeTrue(Files.isExecutable(BASH), "bash is needed");
        home = Files.createDirectories(folder.resolve("the home"));
        Files.copy(Path.of("reprise"), home.resolve("reprise"));
        write(home.resolve("pom.xml"), "<project/>");
        write(home.resolve("src/main/java/A.java"), "class A {}");
        jdk = jdk("jdk", "17.0.9");
        tools = Files.createDirectories(folder.resolve("tools"));
        // makes the jar, and a note of having been here
        script(tools.resolve("mvn"), """
                if [ "$1" = -v ]; then echo "Apache Maven 3.9.6 (abc)"; exit; fi
                echo "maven $* with $JAVA_HOME in $PWD" >> "$PWD/maven.log"
                echo "[INFO] compiling"
                if grep -q broken "$PWD/src/main/java/A.java"; then echo "[ERROR] A.java:1 broken"; exit 1; fi
                sleep "${SLOW:-0}"
                mkdir -p target/lib && echo "jar $RANDOM" > target/reprise.jar
                """);
        environment.put("JAVA_HOME", jdk.toString());
        environment.put("PATH", tools + ":/usr/bin:/bin");
        environment.put("HOME", folder.toString());
        environment.put("REPRISE_JDK_PLACES", "");
        environment.put("REPRISE_MAVEN_PLACES", "");
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void script(Path file, String body) throws IOException {
        write(file, "#!/bin/bash\n" + body);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A JDK whose java tells its arguments, warns as a real one does, and ends as CODE says. */
    private Path jdk(String name, String version) throws IOException {
        var root = folder.resolve(name);
        write(root.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(root.resolve("bin/java"), """
                echo "WARNING: Using incubator modules: jdk.incubator.vector" >&2
                printf '<%s>\\n' "$@"
                echo "from the JVM" >&2
                echo "from reprise" >&3
                printf 'no line end' >&2
                if [ -n "$NAP" ]; then exec sleep "$NAP"; fi
                exit "${CODE:-0}"
                """);
        script(root.resolve("bin/javac"), "");
        return root;
    }

    private ProcessBuilder command(Path launcher, String... arguments) {
        var words = new ArrayList<>(List.of(BASH.toString(), launcher.toString()));
        words.addAll(List.of(arguments));
        var builder = new ProcessBuilder(words).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder;
    }

    private Said run(String... arguments) throws IOException, InterruptedException {
        return run(home.resolve("reprise"), arguments);
    }

    private Said run(Path launcher, String... arguments) throws IOException, InterruptedException {
        var out = Files.createTempFile(folder, "out", "");
        var err = Files.createTempFile(folder, "err", "");
        var process = command(launcher, arguments)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        int code = process.waitFor();
        // what the JVM itself says passes a filter that may be a moment behind
        for (int i = 0; i < 50 && !Files.readString(err).contains("no line end") && Files.size(out) > 0; i++) {
            Thread.sleep(20);
        }
        return new Said(code, Files.readString(out), Files.readString(err));
    }

    private long builds() throws IOException {
        var log = home.resolve("maven.log");
        return Files.exists(log) ? Files.readAllLines(log).size() : 0;
    }

    private void age(String file, int seconds) throws IOException {
        Files.setLastModifiedTime(
                home.resolve(file), FileTime.from(Instant.now().plusSeconds(seconds)));
    }

    @Test
    void buildsOnFirstUseAndPassesArgumentsOnUnharmed() throws Exception {
        var said = run("run", "a b", "*", "", "x=\"[1]\"");
        assertThat(said.err())
                .startsWith("Building reprise (first use, about a minute) … done\n")
                .contains("from the JVM\n", "from reprise\n", "no line end")
                .doesNotContain("incubator");
        assertThat(said.out())
                .endsWith("<-jar>\n<%s>\n<run>\n<a b>\n<*>\n<>\n<x=\"[1]\">\n"
                        .formatted(home.resolve("target/reprise.jar")));
        assertThat(said.out())
                .contains("<--add-modules>\n<jdk.incubator.vector>", "<--enable-native-access=ALL-UNNAMED>")
                .contains("<-Dreprise.home=" + home + ">", "<-Djava.awt.headless=true>")
                .doesNotContain("reprise.terminal", "sun-misc");
        assertThat(home.resolve("maven.log"))
                .content()
                .isEqualTo("maven -B -ntp package -Dmaven.test.skip=true with " + jdk + " in " + home + "\n");
        assertThat(home.resolve("target/build.log")).content().contains("[INFO] compiling");
    }

    @Test
    void buildsAgainOnlyIfSourcesChanged() throws Exception {
        run();
        assertThat(run().err()).doesNotContain("Building");
        assertThat(builds()).isEqualTo(1);
        age("src/main/java/A.java", 5);
        assertThat(run().err()).startsWith("Building reprise (sources changed) … done\n");
        age("src/main/java/A.java", -60);
        run();
        assertThat(builds()).isEqualTo(2);
        age("src/main/java", 5); // a file was deleted
        run();
        age("src/main/java", -60);
        assertThat(builds()).isEqualTo(3);
        age("pom.xml", 5);
        run();
        assertThat(builds()).isEqualTo(4);
    }

    @Test
    void aRunningJarIsReplacedNotOverwritten() throws Exception {
        run();
        var jar = home.resolve("target/reprise.jar");
        var before = Files.readString(jar);
        try (var open = Files.newInputStream(jar)) {
            age("pom.xml", 5);
            run();
            assertThat(new String(open.readAllBytes(), UTF_8)).isEqualTo(before);
        }
        assertThat(jar).content().isNotEqualTo(before);
    }

    @Test
    void aFailedBuildShowsWhyAndTriesAgainNextTime() throws Exception {
        write(home.resolve("src/main/java/A.java"), "broken");
        var said = run();
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.out()).isEmpty();
        assertThat(said.err())
                .isEqualTo("Building reprise (first use, about a minute) … failed\n[ERROR] A.java:1 broken\n"
                        + "reprise: the build failed; all of it is in " + home.resolve("target/build.log") + "\n");
        write(home.resolve("src/main/java/A.java"), "class A {}");
        assertThat(run().code()).isZero();
    }

    @Test
    void keepsTheExitCode() throws Exception {
        environment.put("CODE", "2");
        assertThat(run().code()).isEqualTo(2);
    }

    @Test
    void isTheProcessThatItStarts() throws Exception {
        run();
        environment.put("NAP", "30");
        var process = command(home.resolve("reprise"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        // the launcher has become java (here: its sleep) once it is done with itself
        while (process.isAlive() && !process.info().command().orElse("").endsWith("sleep")) {
            Thread.sleep(20);
        }
        process.destroy();
        assertThat(process.waitFor(10, TimeUnit.SECONDS))
                .as("a signal reaches it")
                .isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 15);
    }

    @Test
    void worksThroughSymbolicLinks() throws Exception {
        var link = Files.createSymbolicLink(folder.resolve("link"), Path.of("the home/reprise"));
        var second = Files.createSymbolicLink(
                Files.createDirectories(folder.resolve("bin")).resolve("reprise"), link);
        assertThat(run(second).out()).contains("<-Dreprise.home=" + home.toRealPath() + ">");
    }

    @Test
    void prefersJavaHomeAndPassesOverWhatIsTooOld() throws Exception {
        environment.put("JAVA_HOME", jdk("old", "11.0.2").toString());
        environment.put("REPRISE_JDK_PLACES", jdk("ancient", "1.8.0_402") + " " + jdk("newest", "25"));
        // a javac on the path would come before the usual places
        environment.put("PATH", tools + ":" + onlyTools());
        var said = run();
        assertThat(said.code()).isZero();
        assertThat(said.out()).contains("<--sun-misc-unsafe-memory-access=allow>");
        assertThat(home.resolve("maven.log")).content().contains("with " + folder.resolve("newest"));
    }

    @Test
    void saysInOneSentenceWhichJdkIsMissing() throws Exception {
        environment.put("JAVA_HOME", jdk("old", "11.0.2").toString());
        environment.put("PATH", tools + ":" + onlyTools());
        var said = run();
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err())
                .isEqualTo("reprise: needs a JDK, version 17 or newer (found only 11 in " + folder.resolve("old")
                        + "): install one, for example with 'apt install openjdk-17-jdk-headless' or 'brew install openjdk',"
                        + " or set JAVA_HOME.\n");
    }

    @Test
    void asksForMavenOnlyToBuild() throws Exception {
        run();
        Files.delete(tools.resolve("mvn"));
        environment.put("PATH", onlyTools());
        assertThat(run().code()).isZero();
        age("pom.xml", 5);
        var said = run();
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err())
                .isEqualTo(
                        "reprise: needs Maven 3.8 or newer to build itself: install it, for example with 'apt install"
                                + " maven' or 'brew install maven'.\n");
        script(tools.resolve("mvn"), "echo 'Apache Maven 3.6.3'");
        environment.put("PATH", tools + ":" + onlyTools());
        assertThat(run().err())
                .isEqualTo("reprise: needs Maven 3.8 or newer to build itself, and " + tools.resolve("mvn")
                        + " is 3.6: install a newer one.\n");
    }

    /** The system's tools without its JDK and Maven. */
    private String onlyTools() throws IOException {
        var bin = Files.createDirectories(folder.resolve("plain"));
        for (var tool : List.of(
                "bash",
                "basename",
                "dirname",
                "find",
                "grep",
                "head",
                "ln",
                "mkdir",
                "mv",
                "readlink",
                "rm",
                "sed",
                "sleep",
                "stty",
                "tail",
                "touch")) {
            var link = bin.resolve(tool);
            var found = List.of("/usr/bin/", "/bin/").stream()
                    .map(place -> Path.of(place + tool))
                    .filter(Files::isExecutable)
                    .findFirst();
            if (found.isPresent() && !Files.exists(link)) {
                Files.createSymbolicLink(link, found.get());
            }
        }
        return bin.toString();
    }

    @Test
    void twoFirstUsesBuildOnce() throws Exception {
        environment.put("SLOW", "1");
        var processes = new ArrayList<Process>();
        for (int i = 0; i < 3; i++) {
            processes.add(command(home.resolve("reprise"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        }
        for (var process : processes) {
            assertThat(process.waitFor()).isZero();
        }
        assertThat(builds()).isEqualTo(1);
        assertThat(home.resolve("target/.building")).doesNotExist();
    }

    @Test
    void aBuildThatWasKilledIsDoneAgain() throws Exception {
        run();
        // half a jar, newer than the sources, and the lock of a process that is no more
        var gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Files.createSymbolicLink(home.resolve("target/.building"), Path.of(Long.toString(gone.pid())));
        assertThat(run().code()).isZero();
        assertThat(builds()).isEqualTo(2);
        assertThat(home.resolve("target/.building")).doesNotExist();
    }

    @Test
    void takesTheUsersOptionsLast() throws Exception {
        environment.put("REPRISE_JAVA_OPTS", "-Xmx8g -Dx=1");
        environment.put("REPRISE_MAVEN_ARGS", "-Pcuda -o");
        var said = run("inspect");
        assertThat(said.out()).contains("<-Xmx8g>\n<-Dx=1>\n<-jar>\n");
        assertThat(home.resolve("maven.log")).content().contains("-Dmaven.test.skip=true -Pcuda -o with");
    }
}
