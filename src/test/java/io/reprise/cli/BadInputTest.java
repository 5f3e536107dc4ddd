package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong on disk and on the network, through the real command line and the real rooms. */
class BadInputTest {
    private static final String YAML = """
            name: tiny
            seed: 3
            task: {series: numerals, rule: {add: 1}, start: 1..20, length: 3..5}
            split: {by: example, train: 0.6, validation: 0.2, test: 0.2}
            model: {n_layers: 1, d_model: 16, n_heads: 2, d_mlp: 0}
            train: {steps: 12, batch_size: 16, eval_every: 6, checkpoint_every: 6}
            tracking_uri: none
            """;

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aRunGoesFromYamlToReportAndASecondOneSaysItIsDone() throws IOException {
        assertThat(run()).as(text(err)).isZero();
        assertThat(runDirectory().resolve("report.html")).exists();
        assertThat(run()).isZero();
        assertThat(text(out)).contains("finished already").contains("--force");
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsOneClearSentence() throws IOException {
        Path file = Files.writeString(folder.resolve("taken"), "a file");
        assertThat(type("run", yaml(), "--runs", file.resolve("runs").toString(), "--datasets", "datasets"))
                .isEqualTo(2);
        assertThat(text(err))
                .contains("cannot write")
                .contains("choose a writable directory")
                .doesNotContain("\tat ");
    }

    @Test
    void aHalfWrittenDirectoryIsLeftAloneUntilForced() throws IOException {
        assertThat(run()).isZero();
        Path results = runDirectory().resolve("results.json");
        Files.delete(results);
        assertThat(run()).isEqualTo(2);
        assertThat(text(err)).contains("half-written").contains("results.json").contains("--force");
        assertThat(results).doesNotExist();
        assertThat(run("--force")).isZero();
        assertThat(results).exists();
    }

    @Test
    void aCorruptCheckpointFallsBackToTheOneBeforeAndSaysSo() throws IOException {
        assertThat(run()).isZero();
        Path run = runDirectory();
        byte[] weights = Files.readAllBytes(run.resolve("model/model.safetensors"));
        Path newest = newestCheckpoint(run);
        byte[] bytes = Files.readAllBytes(newest);
        bytes[bytes.length - 3] ^= 1;
        Files.write(newest, bytes);
        // as a crash leaves it: not finished
        Path status = run.resolve("status.json");
        Files.writeString(status, Files.readString(status).replace("finished", "running"));
        assertThat(run("--resume")).as(text(err)).isZero();
        assertThat(text(err)).contains(newest.getFileName().toString()).contains("is broken");
        assertThat(Files.readAllBytes(run.resolve("model/model.safetensors"))).isEqualTo(weights);
    }

    /** Slow: the end of a run waits for its tracker's deadlines. */
    @Tag("slow")
    @Test
    void anUnreachableTrackerDoesNotStopARunAndSyncPublishesLater() throws IOException {
        int port = freePort();
        assertThat(run("tracking_uri=http://127.0.0.1:" + port)).isZero();
        assertThat(text(err)).contains("MLflow").contains("reprise sync");
        Path run = runDirectory();
        assertThat(run.resolve("report.html")).exists();
        assertThat(run.resolve("track-pending.json")).exists();
        Path database = folder.resolve("later.db");
        assertThat(type("sync", run.toString(), "--to", "sqlite:///" + database))
                .as(text(err))
                .isZero();
        assertThat(database).exists();
        assertThat(run.resolve("track-pending.json")).doesNotExist();
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(ints = {429, 500, 403})
    void aTrackerThatRefusesDoesNotStopARun(int status) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = "{\"error_code\": \"PERMISSION_DENIED\", \"message\": \"not yours\"}"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            assertThat(run("tracking_uri=http://127.0.0.1:"
                            + server.getAddress().getPort()))
                    .isZero();
            assertThat(text(err)).contains("MLflow");
            assertThat(runDirectory().resolve("results.json")).exists();
            assertThat(runDirectory().resolve("track-pending.json")).exists();
        } finally {
            server.stop(0);
        }
    }

    private int run(String... more) throws IOException {
        return type(Stream.concat(
                        Stream.of(
                                "run", yaml(), "--runs", folder.resolve("runs").toString(), "--datasets", "datasets"),
                        Arrays.stream(more))
                .toArray(String[]::new));
    }

    private int type(String... args) {
        out.reset();
        err.reset();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                100);
        return Reprise.run(new Rooms(List.of(args), folder), terminal, args);
    }

    private String yaml() throws IOException {
        return Files.writeString(folder.resolve("tiny.yaml"), YAML).toString();
    }

    private Path runDirectory() throws IOException {
        try (Stream<Path> hashes = Files.list(folder.resolve("runs/tiny"))) {
            return hashes.findFirst().orElseThrow().resolve("seed-3");
        }
    }

    private static Path newestCheckpoint(Path run) throws IOException {
        try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("step-"))
                    .max(Comparator.comparing(Path::toString))
                    .orElseThrow();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
