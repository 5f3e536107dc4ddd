package io.reprise.track;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Python with MLflow, given by {@code -Dmlflow.python=…} (scripts/mlflow-venv makes one and prints it), and a server started
 * from it.
 */
final class RealMlflow implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Process process;
    private final String address;

    private RealMlflow(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    static String python() {
        String python = System.getProperty("mlflow.python", "");
        if (python.isEmpty()) {
            System.out.println("skipped: give -Dmlflow.python=$(scripts/mlflow-venv) to test against a real MLflow");
        }
        assumeTrue(!python.isEmpty(), "no -Dmlflow.python");
        return python;
    }

    /** A server on a free loopback port over an sqlite file; returns when it answers. */
    static RealMlflow serve(Path database, Path directory) throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Path log = directory.resolve("server-" + port + ".log");
        ProcessBuilder builder = new ProcessBuilder(
                python(),
                "-m",
                "mlflow",
                "server",
                "--backend-store-uri",
                "sqlite:///" + database,
                "--serve-artifacts",
                "--artifacts-destination",
                directory.resolve("artifacts").toString(),
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--workers",
                "1");
        quiet(builder);
        Process process = builder.directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        RealMlflow server = new RealMlflow(process, "http://127.0.0.1:" + port);
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
        while (true) {
            try {
                if (server.get("/health").statusCode() == 200) {
                    return server;
                }
            } catch (IOException e) {
                // not yet
            }
            if (!process.isAlive() || System.nanoTime() > until) {
                server.close();
                throw new IllegalStateException("mlflow server did not start:\n" + Files.readString(log));
            }
            Thread.sleep(200);
        }
    }

    /** Runs a Python program and returns what it prints, as JSON. */
    static JsonNode run(Path directory, String program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(python(), "-c", program));
        command.addAll(List.of(arguments));
        Path errors = directory.resolve("python-errors.log");
        ProcessBuilder builder = new ProcessBuilder(command);
        quiet(builder);
        Process process = builder.directory(directory.toFile())
                .redirectError(errors.toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(Files.readString(errors));
        }
        return JSON.readTree(output);
    }

    String address() {
        return address;
    }

    JsonNode call(String path) throws Exception {
        return JSON.readTree(get("/api/2.0/mlflow/" + path).body());
    }

    JsonNode post(String path, Map<String, ?> body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/api/2.0/mlflow/" + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .timeout(Duration.ofSeconds(60))
                .build();
        return JSON.readTree(
                HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    /** An artifact as MLflow's pages fetch it. */
    String artifact(String runId, String path) throws Exception {
        return get("/get-artifact?run_uuid=" + runId + "&path=" + path.replace(" ", "%20"))
                .body();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + path))
                .timeout(Duration.ofSeconds(60))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() throws Exception {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroy);
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private static void quiet(ProcessBuilder builder) {
        builder.environment().put("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false"); // else six more processes
        builder.environment().put("MLFLOW_DISABLE_TELEMETRY", "true");
        builder.environment().put("DO_NOT_TRACK", "true");
    }
}
