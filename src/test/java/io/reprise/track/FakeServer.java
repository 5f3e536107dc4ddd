package io.reprise.track;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** The part of MLflow's REST API that is used, in memory, with faults on demand. */
final class FakeServer implements AutoCloseable {
    static final int SILENT = -1;
    static final int CLOSED = -2;
    /** The request is carried out, but the answer is an error. */
    static final int LOST = 599;

    private static final ObjectMapper JSON = new ObjectMapper();

    final Map<String, ObjectNode> experiments = new LinkedHashMap<>();
    final Map<String, ObjectNode> runs = new LinkedHashMap<>();
    final Map<String, byte[]> artifacts = new LinkedHashMap<>();
    final List<String> requests = new ArrayList<>();
    final List<Integer> batchSizes = new ArrayList<>();
    final List<String> authorizations = new ArrayList<>();
    String artifactRoot = "mlflow-artifacts:";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closing = new CountDownLatch(1);
    /** By request ("POST runs/create"): empty for a normal answer, else a status, {@link #SILENT} or {@link #CLOSED}. */
    private volatile Function<String, Optional<Integer>> fault = request -> Optional.empty();

    static {
        // without it every answer waits for the kernel's delayed acknowledgement, 40 ms
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    FakeServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    String address() {
        return "http://127.0.0.1:" + port();
    }

    void fault(Function<String, Optional<Integer>> fault) {
        this.fault = fault;
    }

    void healthy() {
        fault = request -> Optional.empty();
    }

    synchronized int count(String request) {
        return (int) requests.stream().filter(request::equals).count();
    }

    ObjectNode run(String ownId) {
        return runs.values().stream()
                .filter(run -> tag(run, RunCard.OWN_ID).equals(ownId))
                .filter(run -> run.path("lifecycle").asText().equals("active"))
                .findFirst()
                .orElseThrow();
    }

    static String tag(ObjectNode run, String key) {
        return run.path("tags").path(key).asText();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        byte[] body = exchange.getRequestBody().readAllBytes();
        String name = exchange.getRequestMethod() + " "
                + (path.startsWith("/api/2.0/mlflow/") ? path.substring("/api/2.0/mlflow/".length()) : "artifact");
        int status;
        String answer = "{}";
        Optional<Integer> wrong;
        synchronized (this) {
            requests.add(name);
            authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            wrong = fault.apply(name);
        }
        try {
            if (wrong.isPresent() && wrong.get() == SILENT) {
                closing.await();
            }
            if (wrong.isPresent() && wrong.get() == CLOSED) {
                exchange.close();
                return;
            }
            if (wrong.isPresent() && wrong.get() != LOST) {
                status = wrong.get();
                answer = "{\"error_code\": \"FAULT\", \"message\": \"as told\"}";
            } else {
                synchronized (this) {
                    answer = answer(name, path, exchange.getRequestURI().getRawQuery(), body);
                }
                status = wrong.isPresent() ? 500 : 200;
            }
        } catch (InterruptedException e) {
            return;
        } catch (NotThere e) {
            status = 404;
            answer = "{\"error_code\": \"RESOURCE_DOES_NOT_EXIST\", \"message\": \"not there\"}";
        } catch (RuntimeException e) {
            status = 400;
            answer = "{\"error_code\": \"INVALID_PARAMETER_VALUE\", \"message\": \"" + e + "\"}";
        }
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static final class NotThere extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private String answer(String name, String path, String query, byte[] bytes) throws IOException {
        if (name.equals("PUT artifact")) {
            artifacts.put(URLDecoder.decode(path, StandardCharsets.UTF_8), bytes);
            return "{}";
        }
        JsonNode body = bytes.length == 0 ? JSON.createObjectNode() : JSON.readTree(bytes);
        switch (name) {
            case "GET experiments/get-by-name" -> {
                String wanted = parameter(query, "experiment_name");
                ObjectNode answer = JSON.createObjectNode();
                answer.set(
                        "experiment",
                        experiments.values().stream()
                                .filter(e -> e.path("name").asText().equals(wanted))
                                .findFirst()
                                .orElseThrow(NotThere::new));
                return answer.toString();
            }
            case "POST experiments/create" -> {
                String id = Integer.toString(experiments.size() + 1);
                experiments.put(
                        id,
                        JSON.createObjectNode()
                                .put("experiment_id", id)
                                .put("name", body.path("name").asText())
                                .put("lifecycle_stage", "active"));
                return "{\"experiment_id\": \"" + id + "\"}";
            }
            case "POST runs/search" -> {
                String filter = body.path("filter").asText();
                String id = filter.substring(filter.indexOf('\'') + 1, filter.lastIndexOf('\''));
                ObjectNode answer = JSON.createObjectNode();
                ArrayNode found = answer.putArray("runs");
                runs.values().stream()
                        .filter(run -> tag(run, RunCard.OWN_ID).equals(id)
                                && run.path("lifecycle").asText().equals("active"))
                        .forEach(run -> found.add(describe(run)));
                return answer.toString();
            }
            case "POST runs/create" -> {
                String id = String.format("run%029d", 1000 - runs.size());
                ObjectNode run = JSON.createObjectNode()
                        .put("id", id)
                        .put("experiment", body.path("experiment_id").asText())
                        .put("name", body.path("run_name").asText())
                        .put("status", "RUNNING")
                        .put("lifecycle", "active");
                run.putObject("tags");
                run.putObject("params");
                run.putArray("metrics");
                run.putArray("inputs");
                body.path("tags").forEach(tag -> put(run, "tags", tag));
                runs.put(id, run);
                return JSON.createObjectNode().set("run", describe(run)).toString();
            }
            case "GET runs/get" -> {
                return JSON.createObjectNode()
                        .set("run", describe(runs.get(parameter(query, "run_id"))))
                        .toString();
            }
            case "POST runs/delete" -> runs.get(body.path("run_id").asText()).put("lifecycle", "deleted");
            case "POST runs/update" -> {
                ObjectNode run = runs.get(body.path("run_id").asText());
                run.put("status", body.path("status").asText());
                run.put("end", body.path("end_time").asLong());
                return "{}";
            }
            case "POST runs/log-batch" -> {
                ObjectNode run = runs.get(body.path("run_id").asText());
                int size = body.path("metrics").size();
                if (size > 1000
                        || body.path("params").size() > 100
                        || body.path("tags").size() > 100
                        || bytes.length > 1_000_000) {
                    throw new IllegalArgumentException("batch too large");
                }
                batchSizes.add(size);
                body.path("params").forEach(param -> put(run, "params", param));
                body.path("tags").forEach(tag -> put(run, "tags", tag));
                body.path("metrics").forEach(((ArrayNode) run.path("metrics"))::add);
            }
            case "POST runs/log-inputs" ->
                body.path("datasets").forEach(((ArrayNode)
                        runs.get(body.path("run_id").asText()).path("inputs"))::add);
            case "GET metrics/get-history" -> {
                String key = parameter(query, "metric_key");
                List<JsonNode> all = new ArrayList<>();
                runs.get(parameter(query, "run_id")).path("metrics").forEach(metric -> {
                    if (metric.path("key").asText().equals(key)) {
                        all.add(metric);
                    }
                });
                // pages of two, to be sure that pages are read
                int from = query.contains("page_token") ? Integer.parseInt(parameter(query, "page_token")) : 0;
                int to = Math.min(from + 2, all.size());
                ObjectNode answer = JSON.createObjectNode();
                all.subList(from, to).forEach(answer.putArray("metrics")::add);
                if (to < all.size()) {
                    answer.put("next_page_token", Integer.toString(to));
                }
                return answer.toString();
            }
            default -> throw new IllegalArgumentException("no such call: " + name);
        }
        return "{}";
    }

    private ObjectNode describe(ObjectNode run) {
        String id = run.path("id").asText();
        String experiment = run.path("experiment").asText();
        ObjectNode answer = JSON.createObjectNode();
        answer.putObject("info")
                .put("run_id", id)
                .put("experiment_id", experiment)
                .put("status", run.path("status").asText())
                .put("artifact_uri", artifactRoot + "/" + experiment + "/" + id + "/artifacts");
        ArrayNode latest = answer.putObject("data").putArray("metrics");
        Map<String, JsonNode> last = new LinkedHashMap<>();
        run.path("metrics").forEach(metric -> last.put(metric.path("key").asText(), metric));
        last.values().forEach(latest::add);
        return answer;
    }

    private static void put(ObjectNode run, String where, JsonNode pair) {
        ((ObjectNode) run.path(where))
                .put(pair.path("key").asText(), pair.path("value").asText());
    }

    private static String parameter(String query, String name) {
        for (String part : query.split("&", -1)) {
            if (part.startsWith(name + "=")) {
                return URLDecoder.decode(part.substring(name.length() + 1), StandardCharsets.UTF_8);
            }
        }
        throw new IllegalArgumentException("no " + name + " in " + query);
    }
}
