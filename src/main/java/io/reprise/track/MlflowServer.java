package io.reprise.track;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowClientException;
import org.mlflow.tracking.MlflowHttpException;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;

/**
 * A server reached through MLflow's own Java client, kept from doing harm: every call has a deadline, what may pass is tried
 * again with growing pauses, and a client whose call hung is thrown away (two 429 replies within one call block it for ever, with
 * both of its connections leased; 2.17.2).
 */
final class MlflowServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final TrackingUri uri;
    private final TrackingLimits limits;
    private final HttpClient http;
    private MlflowClient client;

    MlflowServer(TrackingUri uri, TrackingLimits limits) {
        this.uri = uri;
        this.limits = limits;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(limits.call())
                .build();
        this.client = newClient();
    }

    /** What is asked of the server. */
    interface Request<T> {
        T send(MlflowClient client) throws IOException, InterruptedException;
    }

    /** An answer other than success. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
        private final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /**
     * Sends until there is an answer; the request must bear repetition.
     *
     * @throws Refused the server's answer 4xx, but for 408 and 429
     * @throws TrackingException if there was no answer for {@link TrackingLimits#giveUp}
     */
    <T> T ask(Request<T> request) throws TrackingException, Refused {
        return ask(request, limits.call());
    }

    <T> T ask(Request<T> request, Duration deadline) throws TrackingException, Refused {
        long start = System.nanoTime();
        Duration pause = FIRST_PAUSE;
        while (true) {
            TrackingException failure = null;
            MlflowClient used = client;
            try {
                return Deadlines.call(() -> request.send(used), deadline);
            } catch (TimeoutException e) {
                client = newClient();
                failure = TrackingException.temporary(uri + " gives no answer", e);
            } catch (ExecutionException e) {
                failure = judge(e.getCause());
            }
            Duration spent = Duration.ofNanos(System.nanoTime() - start);
            if (Thread.currentThread().isInterrupted() || spent.plus(pause).compareTo(limits.giveUp()) > 0) {
                throw failure;
            }
            try {
                Thread.sleep(pause.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failure;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    /** As {@link #ask}; a refusal is an error that says what could not be done. */
    <T> T need(String what, Request<T> request) throws TrackingException {
        return need(what, request, limits.call());
    }

    <T> T need(String what, Request<T> request, Duration deadline) throws TrackingException {
        try {
            return ask(request, deadline);
        } catch (Refused e) {
            throw TrackingException.permanent(uri + " refused to " + what + ": " + explain(e), e);
        }
    }

    /** Puts a body at an address of this server, with the credentials. */
    Request<Boolean> put(URI target, HttpRequest.BodyPublisher body, Duration timeout) {
        return ignored -> {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(target).PUT(body).timeout(timeout);
            uri.authorization().ifPresent(value -> request.header("Authorization", value));
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw new MlflowHttpException(response.statusCode(), "", response.body());
            }
            return true;
        };
    }

    static JsonNode json(String text) throws TrackingException {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw TrackingException.permanent("the server's answer is not JSON; is it an MLflow server?", e);
        }
    }

    TrackingUri uri() {
        return uri;
    }

    @Override
    public void close() {
        close(client);
    }

    private MlflowClient newClient() {
        String host = uri.toString();
        return new MlflowClient(
                !uri.user().isEmpty()
                        ? new BasicMlflowHostCreds(host, uri.user(), uri.password())
                        : !uri.token().isEmpty()
                                ? new BasicMlflowHostCreds(host, uri.token())
                                : new BasicMlflowHostCreds(host));
    }

    /** Temporary failures are returned, so that they can be tried again. */
    private TrackingException judge(Throwable cause) throws Refused, TrackingException {
        if (cause instanceof MlflowHttpException refused) {
            int status = refused.getStatusCode();
            if (status == 429) {
                return TrackingException.temporary(uri + " says 429, too many requests", cause);
            }
            if (status == 408 || status >= 500) {
                return TrackingException.temporary(uri + " says " + status + ", server error", cause);
            }
            throw new Refused(status, refused.getBodyMessage());
        }
        if (cause instanceof Error error) {
            throw error;
        }
        Throwable reason =
                cause instanceof MlflowClientException && cause.getCause() != null ? cause.getCause() : cause;
        if (reason instanceof IOException) {
            return TrackingException.temporary(
                    uri + " cannot be reached (" + reason.getClass().getSimpleName() + ")", cause);
        }
        throw TrackingException.permanent(
                uri + " answers in an unknown way (" + reason.getClass().getSimpleName() + ")", cause);
    }

    private static String explain(Refused refused) {
        String meaning =
                switch (refused.status()) {
                    case 401 ->
                        "not logged in; set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or"
                                + " MLFLOW_TRACKING_TOKEN";
                    case 403 -> "permission denied";
                    case 404 -> "not found";
                    default -> "status " + refused.status();
                };
        String message = refused.getMessage() == null ? "" : refused.getMessage();
        try {
            message = JSON.readTree(message).path("message").asText(message);
        } catch (JsonProcessingException e) {
            // not MLflow's form of error: as it is
        }
        message = message.lines().findFirst().orElse("").strip();
        message = message.length() > 200 ? message.substring(0, 200) + "…" : message;
        return message.isEmpty() ? meaning : meaning + " (" + message + ")";
    }

    private static void close(MlflowClient client) {
        client.close();
    }
}
