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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocketFactory;

import shared.Trust;
import shared.Version;
import shared.json.Json;
import shared.json.JsonException;

/// Sends requests to the server's HTTP API and turns refusals into a [Failure]. No redirect is followed, so the token
/// is never sent to another server, and no request with a body is repeated automatically.
final class Api {

    static final String DEFAULT_SERVER = "http://localhost:8080";

    private static final int CONNECT_MS = 5_000;
    /// Longer than a long poll, and than the time between two pings of a stream.
    private static final int READ_MS = 60_000;
    /// How much longer than the command's time a read may take: the command's caller reports the timeout.
    private static final int AFTER_TIMEOUT_MS = 250;
    private static final int ERROR_MAX = 64 << 10;
    private static final String NAME_ANOTHER = "with --server URL or OLLAMA_QUEUE_CLIENT_SERVER_URL";

    private final String base;
    private final String token;
    private final Target target;
    /// Null for none.
    private final Duration timeout;
    private final long startNanos = System.nanoTime();
    /// Null until one of them is needed.
    private Json.Obj limits;
    /// Null until it is needed, and for the JDK's own.
    private SSLSocketFactory trusting;

    /// @param target  the server as `http://host:port`, `https://...` or `host:port`
    /// @param timeout the command's time, counted from now on; null for no limit
    Api(Target target, Duration timeout) {
        this.target = target;
        String server = target.server();
        String token = target.token();
        String url = server.contains("://") ? server : "http://" + server;
        while (url.endsWith("/")) {
            url = url.substring(0, url.length() - 1);
        }
        base = url;
        this.token = token == null ? null : token.strip();
        this.timeout = timeout;
        try {
            URI uri = new URI(url);
            if (uri.getHost() == null || !uri.getScheme().equals("http") && !uri.getScheme().equals("https")
                    || uri.getPort() > 65_535 || uri.getUserInfo() != null || uri.getQuery() != null) {
                throw new URISyntaxException(url, "not a server's");
            }
        } catch (URISyntaxException bad) {
            throw Failure.usage("the server must be given as http://HOST:PORT, not \"" + server + "\"", null);
        }
        if (token != null && !this.token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw Failure.usage("the token contains a character that is not allowed in tokens", null);
        }
    }

    /// An answer whose body has not been read.
    record Reply(HttpURLConnection connection, InputStream body) {
    }

    static String task(String id) {
        return "/api/tasks/" + encode(id);
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// Sends a GET request and returns the JSON of the answer.
    byte[] get(String path) {
        return bytes(send("GET", path, Map.of(), null));
    }

    /// Sends a POST request and returns the JSON of the answer.
    byte[] post(String path, Map<String, String> headers, RequestBody body) {
        return bytes(send("POST", path, headers, body));
    }

    /// Returns one of the server's limits, which are requested only once.
    ///
    /// @param name its name in `/api/info`
    long limit(String name) {
        if (limits == null) {
            limits = object(get("/api/info")).get("limits") instanceof Json.Obj all ? all : new Json.Obj(Map.of());
        }
        return limits.integer(name, Long.MAX_VALUE);
    }

    /// Sends an object built from flags and returns the JSON of the answer. Errors are shown without their place in the
    /// object, which the user has not seen.
    byte[] sendMade(String method, String path, Map<String, String> headers, Json.Obj made) {
        return bytes(send(method, path, headers, RequestBody.of(made), "reason"));
    }

    byte[] bytes(Reply reply) {
        try (InputStream body = reply.body()) {
            return body.readAllBytes();
        } catch (IOException lost) {
            throw lost(lost);
        }
    }

    /// Parses an object that the server sent.
    Json.Obj object(byte[] json) {
        try {
            return (Json.Obj) Json.parseOwn(json);
        } catch (JsonException | ClassCastException rubbish) {
            throw notOurs("its answer is not the expected JSON object");
        }
    }

    /// Parses an array of objects that the server sent.
    List<Json.Obj> objects(byte[] json) {
        List<Json.Obj> objects = new ArrayList<>();
        try {
            ((Json.Arr) Json.parseOwn(json)).values().forEach(one -> objects.add((Json.Obj) one));
            return objects;
        } catch (JsonException | ClassCastException rubbish) {
            throw notOurs("its answer is not a JSON array of objects");
        }
    }

    /// Sends a request and waits for the head of the answer.
    ///
    /// @param headers added to the usual ones, or replacing them
    /// @param body    null for none
    /// @throws Failure for every answer but a success
    Reply send(String method, String path, Map<String, String> headers, RequestBody body) {
        return send(method, path, headers, body, "error");
    }

    /// @param complaint the member of an error that tells what is wrong: `error`, or `reason` for the text without a
    ///                  place
    private Reply send(String method, String path, Map<String, String> headers, RequestBody body, String complaint) {
        Failure.checkNotStopped();
        boolean isTls = base.startsWith("https:");
        if (isTls && trusting == null) {
            trusting = trusting();
        }
        HttpURLConnection connection;
        try {
            connection = (HttpURLConnection) URI.create(base + path).toURL().openConnection();
            if (trusting != null) {
                ((HttpsURLConnection) connection).setSSLSocketFactory(trusting);
            }
            connection.setRequestMethod(method);
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout(CONNECT_MS);
            connection.setReadTimeout(readMs());
            connection.setRequestProperty("Accept", "application/json");
            connection.setRequestProperty("User-Agent", "ollama-queue/" + Version.TEXT);
            if (token != null) {
                connection.setRequestProperty("Authorization", "Bearer " + token);
            }
            if (body != null) {
                connection.setRequestProperty("Content-Type", "application/json");
                connection.setDoOutput(true);
                // otherwise it would be copied, and sent again when the connection breaks
                connection.setFixedLengthStreamingMode(body.length());
            }
            headers.forEach(connection::setRequestProperty);
            connection.connect();
        } catch (IOException | IllegalArgumentException unreachable) {
            String why = reason(unreachable, CONNECT_MS);
            throw new Failure(Failure.UNREACHABLE, "cannot connect to " + base + ": "
                    + (isTls && unreachable instanceof SSLException ? "TLS: " + Trust.reason(why) : why),
                    !(unreachable instanceof SSLException)
                            ? "start ollama-queue-server there, or name another " + NAME_ANOTHER
                    : unreachable instanceof SSLHandshakeException
                            ? "--ca-cert FILE trusts the certificates in a PEM file, and the name must be in them"
                            : "if the server speaks plain HTTP, name it as http://...", Failure.Outlook.PASSING);
        }
        try {
            if (body != null) {
                try (OutputStream out = connection.getOutputStream()) {
                    body.writer().write(out);
                }
            }
            int status = connection.getResponseCode();
            if (status < 200 || status > 299) {
                throw refused(status, connection, complaint);
            }
            if (String.valueOf(connection.getContentType()).startsWith("text/html")) {
                throw notOurs("it sent a web page");
            }
            return new Reply(connection, connection.getInputStream());
        } catch (HttpRetryException notAllowed) {
            throw refused(notAllowed.responseCode(), connection, complaint);
        } catch (IOException lost) {
            throw lost(lost);
        }
    }

    /// Returns the certificates that the user trusts; null for the JDK's.
    private SSLSocketFactory trusting() {
        try {
            return target.certificate() != null
                    ? Trust.only("server.tls_cert", Path.of(target.certificate())).getSocketFactory()
                    : target.caCert() != null
                    ? Trust.also("client.ca_cert", Path.of(target.caCert())).getSocketFactory() : null;
        } catch (IllegalArgumentException unusable) {
            throw Failure.usage(unusable.getMessage(), null);
        }
    }

    /// Makes the failure for a connection that broke, or a stream that ended too early.
    Failure lost(IOException why) {
        if (why instanceof SocketTimeoutException && timeout != null && left().isNegative()) {
            awaitStop();
        }
        return new Failure(Failure.UNREACHABLE, "lost the connection to " + base + ": " + reason(why, READ_MS), null,
                Failure.Outlook.LOST);
    }

    Failure notOurs(String why) {
        return new Failure(Failure.UNREACHABLE, base + " does not answer like an ollama-queue server: " + why,
                "name the right one " + NAME_ANOTHER);
    }

    private Failure refused(int status, HttpURLConnection connection, String complaint) {
        String message = null;
        try (InputStream body = connection.getErrorStream()) {
            if (body != null && Json.parse(body.readNBytes(ERROR_MAX)) instanceof Json.Obj error) {
                message = error.text(error.get(complaint) == null ? "error" : complaint);
            }
        } catch (IOException | JsonException noMessage) {
            // without a message the status must suffice
        }
        if (status / 100 == 3) {
            return notOurs("it redirects to " + connection.getHeaderField("Location"));
        }
        if ("websocket".equals(connection.getHeaderField("Upgrade"))) {
            return new Failure(Failure.UNREACHABLE, base + " is the server's port for WebSocket connections",
                    "name its port for HTTP " + NAME_ANOTHER);
        }
        if (message == null && (status == 404 || status == 405)) {
            return notOurs("status " + status);
        }
        if (status == 401) {
            return new Failure(Failure.NOT_ALLOWED, token == null ? "the server requires a token"
                    : "the server does not accept this token" + (message == null ? "" : ": " + message),
                    "give it with --token-file or OLLAMA_QUEUE_TOKEN");
        }
        return new Failure(Failure.exitOf(status), message != null ? message
                : "the server answered with status " + status,
                status == 413 && connection.getURL().getPath().endsWith("/batch") ? BatchSubmit.LARGER : null,
                // the server itself answers only 503; a proxy may have forwarded the request before it gave up
                status == 502 || status == 504 ? Failure.Outlook.LOST
                        : status == 503 ? Failure.Outlook.PASSING : Failure.Outlook.FINAL);
    }

    private int readMs() {
        if (timeout == null) {
            return READ_MS;
        }
        return (int) Math.min(READ_MS, Math.max(0, left().toMillis()) + AFTER_TIMEOUT_MS);
    }

    private Duration left() {
        return timeout.minusNanos(System.nanoTime() - startNanos);
    }

    /// The command's time is over, and no answer has come: its caller, who says so, may be late.
    private static void awaitStop() {
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.park();
        }
        Failure.checkNotStopped();
    }

    private static String reason(Exception why, int timeout) {
        if (why instanceof UnknownHostException) {
            return "unknown host";
        }
        if (why instanceof SocketTimeoutException) {
            return "no answer within " + timeout / 1000 + "s";
        }
        String message = why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
        return message.startsWith("Connection refused") ? "connection refused" : message;
    }
}
