package io.reprise.track;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** Where to track, taken apart; its text never has credentials. */
public final class TrackingUri {
    private static final String ACCEPTED =
            "use sqlite:///path/to/mlflow.db (sqlite:////path for an absolute one), http://host:port or https://host";

    private final String text;
    private final Optional<Path> file;
    private final String user;
    private final String password;
    private final String token;

    private TrackingUri(String text, Optional<Path> file, String user, String password, String token) {
        this.text = text;
        this.file = file;
        this.user = user;
        this.password = password;
        this.token = token;
    }

    /**
     * @param environment for MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD and MLFLOW_TRACKING_TOKEN; credentials in the address
     *     itself come first
     * @throws IllegalArgumentException naming the accepted forms, never repeating credentials
     */
    public static TrackingUri parse(String uri, Map<String, String> environment) {
        if (uri.startsWith("sqlite:")) {
            return sqlite(uri);
        }
        if (uri.startsWith("http://") || uri.startsWith("https://")) {
            return server(uri, environment);
        }
        int colon = uri.indexOf(':');
        throw new IllegalArgumentException(
                colon > 0
                        ? "tracking_uri has the scheme \"" + uri.substring(0, colon) + "\", which is not known; "
                                + ACCEPTED
                        : "tracking_uri has no scheme; " + ACCEPTED);
    }

    private static TrackingUri sqlite(String uri) {
        String path = uri.startsWith("sqlite:///") ? uri.substring("sqlite:///".length()) : "";
        try {
            if (!path.isBlank() && Path.of(path).getFileName() != null && !path.endsWith("/")) {
                return new TrackingUri(uri, Optional.of(Path.of(path)), "", "", "");
            }
        } catch (InvalidPathException e) {
            // told below
        }
        throw new IllegalArgumentException("tracking_uri = " + uri + " names no file; " + ACCEPTED);
    }

    private static TrackingUri server(String uri, Map<String, String> environment) {
        URI parsed;
        try {
            parsed = new URI(uri);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "tracking_uri is not a valid address (" + e.getReason() + "); " + ACCEPTED);
        }
        if (parsed.getHost() == null || parsed.getRawQuery() != null || parsed.getRawFragment() != null) {
            throw new IllegalArgumentException("tracking_uri must be scheme, host, port and path only; " + ACCEPTED);
        }
        String text = parsed.getScheme() + "://" + host(parsed) + stripSlashes(parsed.getRawPath());
        String info = parsed.getRawUserInfo();
        if (info != null) {
            int colon = info.indexOf(':');
            return new TrackingUri(
                    text,
                    Optional.empty(),
                    decode(colon < 0 ? info : info.substring(0, colon)),
                    colon < 0
                            ? environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "")
                            : decode(info.substring(colon + 1)),
                    "");
        }
        String user = environment.getOrDefault("MLFLOW_TRACKING_USERNAME", "");
        String password = environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
        // MLflow's own clients prefer user and password, too
        boolean basic = !user.isEmpty() && !password.isEmpty();
        return new TrackingUri(
                text,
                Optional.empty(),
                basic ? user : "",
                basic ? password : "",
                basic ? "" : environment.getOrDefault("MLFLOW_TRACKING_TOKEN", ""));
    }

    /** The sqlite file, as given; empty for a server. */
    public Optional<Path> file() {
        return file;
    }

    String user() {
        return user;
    }

    String password() {
        return password;
    }

    String token() {
        return token;
    }

    /** Value of the Authorization header, empty without credentials. */
    Optional<String> authorization() {
        if (!user.isEmpty()) {
            byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
            return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair));
        }
        return token.isEmpty() ? Optional.empty() : Optional.of("Bearer " + token);
    }

    /** The address without credentials and without a slash at its end. */
    @Override
    public String toString() {
        return text;
    }

    private static String host(URI uri) {
        return uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    private static String stripSlashes(String path) {
        int end = path == null ? 0 : path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return end == 0 ? "" : path.substring(0, end);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
