package server;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Supplier;

import server.http.Routes;

/// Asks a server, each time from another address of the loopback: who comes from a new one has not guessed a token yet,
/// so that wrong ones cost a tenth of a second each.
final class RouteWalk {

    /// How many are asked at a time.
    private static final int AT_ONCE = 32;

    /// @param body empty if it has no length, as a stream's
    record Reply(int status, Map<String, String> headers, String body) {
    }

    /// One request of the table.
    ///
    /// @param token as it is called in messages
    /// @param wrong from status and body to what would be right; null if it is
    record Step(Routes.Row row, String token, String secret, String origin, String host, Supplier<String> path,
            BiFunction<Integer, String, String> wrong) {
    }

    private final int port;
    private final AtomicInteger addresses = new AtomicInteger();

    RouteWalk(int port) {
        this.port = port;
    }

    int port() {
        return port;
    }

    /// Takes all steps; tells of each that is answered wrongly.
    List<String> all(List<Step> steps) throws Exception {
        List<String> wrong = new ArrayList<>();
        try (ExecutorService walkers = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<String>> told = steps.stream().map(step -> walkers.submit(() -> take(step))).toList();
            for (Future<String> one : told) {
                if (one.get() != null) {
                    wrong.add(one.get());
                }
            }
        }
        return wrong;
    }

    private String take(Step step) {
        List<String> lines = new ArrayList<>(List.of("Host: " + step.host()));
        if (step.origin() != null) {
            lines.add("Origin: " + step.origin());
        }
        Reply reply = send(port, step.row().method(), step.path().get(), step.secret(), null, lines);
        String right = step.wrong().apply(reply.status(), reply.body());
        return right == null ? null : step.row().method() + " " + step.row().path() + " with " + step.token()
                + ", origin " + step.origin() + ", host " + step.host() + ": " + right + " would be right, not "
                + reply.status() + " " + reply.body();
    }

    Reply ask(String method, String path, String secret, String body, String... headers) {
        List<String> lines = new ArrayList<>(List.of(headers));
        lines.add("Host: localhost");
        return send(port, method, path, secret, body, lines);
    }

    Reply call(String path, String body, String... headers) {
        return ask("POST", path, null, body, headers);
    }

    /// @param inProtocol whether the token comes as a subprotocol, as from a page
    Reply webSocket(int wsPort, String secret, boolean inProtocol, String origin) {
        List<String> lines = new ArrayList<>(List.of("Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg=="));
        if (inProtocol) {
            lines.add("Sec-WebSocket-Protocol: ollama-queue" + (secret == null ? "" : ", bearer."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(secret.getBytes(StandardCharsets.UTF_8))));
        }
        if (origin != null) {
            lines.add("Origin: " + origin);
        }
        return send(wsPort, "GET", "/ws", inProtocol ? null : secret, null, lines);
    }

    private Reply send(int to, String method, String path, String secret, String body, List<String> headers) {
        int address = addresses.incrementAndGet();
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
        headers.forEach(line -> head.append(line).append("\r\n"));
        if (secret != null) {
            head.append("Authorization: Bearer ").append(secret).append("\r\n");
        }
        byte[] bytes = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        if (!method.equals("GET")) {
            head.append("Content-Type: application/json\r\nContent-Length: ").append(bytes.length).append("\r\n");
        }
        try (Socket socket = new Socket()) {
            return reply(connect(socket, to, address, head + "\r\n", bytes), !method.equals("HEAD"));
        } catch (IOException broken) {
            throw new UncheckedIOException(method + " " + path + ": " + broken.getMessage(), broken);
        }
    }

    /// Opens what goes on, and returns what comes; its head is read.
    InputStream open(Socket socket, int to, String path, String secret, String... headers) throws IOException {
        InputStream in = connect(socket, to, addresses.incrementAndGet(), "GET " + path + " HTTP/1.1\r\n"
                + "Host: localhost\r\nAuthorization: Bearer " + secret + "\r\n" + String.join("\r\n", headers)
                + "\r\n\r\n", new byte[0]);
        while (!line(in).isEmpty()) {
            // what it says was looked at elsewhere
        }
        return in;
    }

    private static InputStream connect(Socket socket, int to, int address, String head, byte[] body)
            throws IOException {
        socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 1, (byte) (address >> 8),
                (byte) address}), 0));
        socket.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), to));
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().write(body);
        return new BufferedInputStream(socket.getInputStream());
    }

    private static Reply reply(InputStream in, boolean hasBody) throws IOException {
        int status = Integer.parseInt(line(in).split(" ")[1]);
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        int length = hasBody ? Integer.parseInt(headers.getOrDefault("content-length", "0")) : 0;
        byte[] body = in.readNBytes(length);
        if ("chunked".equals(headers.get("transfer-encoding"))
                && "application/json".equals(headers.get("content-type"))) {
            body = chunks(in);
        }
        return new Reply(status, headers, new String(body, StandardCharsets.UTF_8));
    }

    private static byte[] chunks(InputStream in) throws IOException {
        StringBuilder all = new StringBuilder();
        for (int length = Integer.parseInt(line(in), 16); length > 0; length = Integer.parseInt(line(in), 16)) {
            all.append(new String(in.readNBytes(length), StandardCharsets.UTF_8));
            line(in);
        }
        return all.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("closed after \"" + line + "\"");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
