package client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import shared.Version;
import shared.json.Json;
import shared.json.JsonException;

/// The server's HTTP API. It is called with `HttpURLConnection`, for that starts in little more than half the time
/// that `HttpClient` takes and needs no module of its own. No redirect is followed, so that the token goes nowhere
/// else, and no request with a body is repeated by itself.
final class Api {

    static final String DEFAULT_SERVER = "http://localhost:8080";

    private static final int CONNECT_MS = 5_000;
    /// Longer than a long-poll and than the pause between two pings of a stream.
    private static final int READ_MS = 60_000;
    private static final int ERROR_MAX = 64 << 10;
    /// What the server takes of one task by default; a larger body may be why a connection broke.
    private static final int LARGE = 16 << 20;

    private final String base;
    private final String token;

    private Api(String base, String token) {
        this.base = base;
        this.token = token;
    }

    /// @param server `http://host:port`, `https://...` or `host:port`
    /// @param token  null for none
    static Api of(String server, String token) {
        String url = (server.contains("://") ? server : "http://" + server).replaceAll("/+$", "");
        try {
            URI uri = new URI(url);
            boolean known = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (!known || uri.getHost() == null || uri.getPort() > 65_535 || uri.getQuery() != null
                    || uri.getUserInfo() != null || uri.getFragment() != null) {
                throw new URISyntaxException(url, "no server's address");
            }
        } catch (URISyntaxException bad) {
            throw Failure.usage("the server must be given as http://HOST:PORT, not \"" + server + "\"", null);
        }
        if (token != null && !token.strip().chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw Failure.usage("the token holds a character that no token has", null);
        }
        return new Api(url, token == null ? null : token.strip());
    }

    /// An answer whose body is still to be read.
    record Reply(Api api, HttpURLConnection connection, InputStream body) implements AutoCloseable {

        /// A header's whole number; `otherwise` if there is none.
        long count(String header, long otherwise) {
            return connection.getHeaderFieldLong(header, otherwise);
        }

        byte[] bytes() {
            try (InputStream in = body) {
                return in.readAllBytes();
            } catch (IOException lost) {
                throw api.lost(lost, 0);
            }
        }

        @Override
        public void close() {
            try {
                body.close();
            } catch (IOException closedAnyway) {
                // there is nothing left to lose
            }
        }
    }

    static String task(String id) {
        return "/api/tasks/" + encode(id);
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// The JSON that a path answers.
    byte[] get(String path) {
        return send("GET", path, Map.of(), null).bytes();
    }

    /// The JSON that the server answers to a body.
    byte[] post(String path, byte[] json) {
        return send("POST", path, Map.of(), json).bytes();
    }

    /// An object that the server answered.
    Json.Obj object(byte[] json) {
        try {
            if (Json.parse(json) instanceof Json.Obj object) {
                return object;
            }
        } catch (JsonException rubbish) {
            // the same message as for JSON of another shape
        }
        throw notOurs("its answer is not the JSON object that was expected");
    }

    /// @param headers beyond the usual ones, or instead of them
    /// @param body    null for none
    /// @throws Failure for every answer but a success
    Reply send(String method, String path, Map<String, String> headers, byte[] body) {
        HttpURLConnection connection;
        try {
            connection = (HttpURLConnection) URI.create(base + path).toURL().openConnection();
            connection.setRequestMethod(method);
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout(CONNECT_MS);
            connection.setReadTimeout(READ_MS);
            connection.setRequestProperty("Accept", "application/json");
            connection.setRequestProperty("User-Agent", "ollama-queue/" + Version.TEXT);
            if (token != null) {
                connection.setRequestProperty("Authorization", "Bearer " + token);
            }
            if (body != null) {
                connection.setRequestProperty("Content-Type", "application/json");
                connection.setDoOutput(true);
                connection.setFixedLengthStreamingMode(body.length);
            }
            headers.forEach(connection::setRequestProperty);
            connection.connect();
        } catch (IOException unreachable) {
            throw notReached(unreachable);
        }
        try {
            if (body != null) {
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body);
                }
            }
            int status = connection.getResponseCode();
            if (status >= 200 && status < 300) {
                String type = connection.getContentType();
                if (type != null && type.startsWith("text/html")) {
                    throw notOurs("it sent a web page");
                }
                return new Reply(this, connection, connection.getInputStream());
            }
            throw refused(status, connection);
        } catch (HttpRetryException notAllowed) {
            throw refused(notAllowed.responseCode(), connection);
        } catch (IOException lost) {
            throw lost(lost, body == null ? 0 : body.length);
        }
    }

    /// @param sent how many bytes of a body were to be sent
    Failure lost(IOException lost, int sent) {
        String why = lost instanceof SocketTimeoutException ? "no answer within " + READ_MS / 1000 + "s"
                : lost.getMessage() == null ? lost.getClass().getSimpleName() : lost.getMessage();
        return Failure.lost("lost the connection to " + base + ": " + why, sent <= LARGE ? null
                : "the request has " + (sent >> 20) + " MiB; a server takes 16 MiB a task and 64 MiB a batch by default");
    }

    /// A stream that was to go on has ended, as when the server stops.
    Failure streamEnded() {
        return Failure.lost(base + " ended the stream", null);
    }

    Failure notOurs(String why) {
        return new Failure(Failure.UNREACHABLE, base + " does not answer like an ollama-queue server: " + why,
                "name the right one with --server URL or OLLAMA_QUEUE_CLIENT_SERVER_URL");
    }

    private Failure notReached(IOException why) {
        String reason = why.getMessage();
        if (why instanceof UnknownHostException) {
            reason = "unknown host";
        } else if (why instanceof SocketTimeoutException) {
            reason = "no answer within " + CONNECT_MS / 1000 + "s";
        } else if (why instanceof ConnectException && (reason == null || reason.startsWith("Connection refused"))) {
            reason = "connection refused";
        }
        return Failure.unreachable("cannot connect to " + base + ": " + reason, "start ollama-queue-server there, "
                + "or name another with --server URL or OLLAMA_QUEUE_CLIENT_SERVER_URL");
    }

    private Failure refused(int status, HttpURLConnection connection) {
        String message = null;
        try (InputStream body = connection.getErrorStream()) {
            if (body != null && Json.parse(body.readNBytes(ERROR_MAX)) instanceof Json.Obj error) {
                message = error.text("error");
            }
        } catch (IOException | JsonException noMessage) {
            // the status has to do
        }
        if (status / 100 == 3) {
            return notOurs("it redirects to " + connection.getHeaderField("Location"));
        }
        if (message == null && (status == 404 || status == 405)) {
            return notOurs("status " + status);
        }
        return Failure.answered(status, message != null ? message : status == 401 ? "not allowed without a valid token"
                : "the server answered with status " + status, status == 401
                ? "give the server's token with OLLAMA_QUEUE_TOKEN or --token" : null);
    }
}
