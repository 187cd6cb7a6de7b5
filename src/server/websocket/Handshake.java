package server.websocket;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

import com.sun.net.httpserver.Headers;

import server.access.Guard;
import shared.Problem;
import shared.json.JsonWriter;

/// The texts of the opening handshake (RFC 6455 section 4.2): what a request must contain, and what the server answers.
/// Whether the client is allowed to connect is decided elsewhere.
final class Handshake {

    static final String PATH = "/ws";
    /// The status with which a request becomes a WebSocket.
    static final int SWITCHED = 101;
    static final String VERSION = "13";

    /// The only subprotocol of the server; a client need not request it.
    static final String SUBPROTOCOL = "ollama-queue";

    /// The prefix of a token in the list of subprotocols: a page can set no other header.
    private static final String BEARER = "bearer.";

    /// Appended to a client's key, as RFC 6455 defines, to prove that the server understands WebSocket.
    private static final String SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;

    private Handshake() {
    }

    /// Checks that the request is one for a WebSocket.
    ///
    /// @throws Problem if it is not, with the status of the answer
    static void check(RequestHead request) {
        Headers headers = request.headers();
        if (!PATH.equals(request.uri().getRawPath())) {
            throw Problem.notFound("this port serves only WebSocket connections at " + PATH);
        }
        if (!request.method().equals("GET")) {
            throw new Problem(405, "a WebSocket begins with GET, not " + Problem.shown(request.method()));
        }
        if (!request.protocol().equals("HTTP/1.1")) {
            throw new Problem(505, "a WebSocket begins with HTTP/1.1, not " + Problem.shown(request.protocol()));
        }
        if (headers.containsKey("Transfer-encoding") || !"0".equals(first(headers, "Content-length", "0"))) {
            throw Problem.badRequest("a request for a WebSocket has no body");
        }
        if (!contains(headers, "Upgrade", "websocket")) {
            throw new Problem(426, "this is for WebSocket only: send Upgrade: websocket");
        }
        if (!contains(headers, "Connection", "upgrade")) {
            throw Problem.badRequest("Connection must name Upgrade");
        }
        if (!VERSION.equals(only(headers, "Sec-websocket-version"))) {
            throw new Problem(426, "Sec-WebSocket-Version must be " + VERSION);
        }
        if (!isKey(only(headers, "Sec-websocket-key"))) {
            throw Problem.badRequest("Sec-WebSocket-Key must be 16 bytes in base64");
        }
    }

    /// Returns the answer that switches protocols, for a request that was checked.
    static byte[] accept(RequestHead request) {
        Headers headers = request.headers();
        String key = headers.getFirst("Sec-websocket-key");
        String answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + proof(key) + "\r\n";
        if (list(headers, "Sec-websocket-protocol").contains(SUBPROTOCOL)) {
            answer += "Sec-WebSocket-Protocol: " + SUBPROTOCOL + "\r\n";
        }
        return (answer + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /// Returns the answer that refuses a request.
    static byte[] refuse(Problem problem) {
        byte[] body = new JsonWriter().beginObject().name("error").string(problem.getMessage()).endObject().toBytes();
        String head = "HTTP/1.1 " + problem.status() + " " + phrase(problem.status()) + "\r\n"
                + switch (problem.status()) {
                    case 401 -> "WWW-Authenticate: Bearer realm=\"ollama-queue\"\r\n";
                    // shows a client of the HTTP API that it used the wrong port
                    case 404 -> "Upgrade: websocket\r\n";
                    case 405 -> "Allow: GET\r\n";
                    case 426 -> "Upgrade: websocket\r\nSec-WebSocket-Version: " + VERSION + "\r\n";
                    case 503 -> "Retry-After: " + Guard.RETRY_AFTER_SECONDS + "\r\n";
                    default -> "";
                }
                + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\nConnection: "
                + (problem.status() == 426 || problem.status() == 404 ? "Upgrade, " : "") + "close\r\n\r\n";
        byte[] bytes = new byte[head.length() + body.length];
        System.arraycopy(head.getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, head.length());
        System.arraycopy(body, 0, bytes, head.length(), body.length);
        return bytes;
    }

    /// Returns the token among the subprotocols; null if there is none.
    ///
    /// @throws Problem 400 if it is malformed
    static String token(Headers headers) {
        for (String name : list(headers, "Sec-websocket-protocol")) {
            if (name.startsWith(BEARER)) {
                try {
                    return new String(Base64.getUrlDecoder().decode(name.substring(BEARER.length())),
                            StandardCharsets.UTF_8);
                } catch (IllegalArgumentException wrong) {
                    throw Problem.badRequest("the subprotocol bearer. must be followed by the token in base64url");
                }
            }
        }
        return null;
    }

    /// Returns the server's answer to a key, which proves that the server has read it.
    static String proof(String key) {
        try {
            byte[] bytes = (key + SALT).getBytes(StandardCharsets.ISO_8859_1);
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-1", impossible);
        }
    }

    private static boolean isKey(String key) {
        try {
            return key != null && key.length() == 24 && Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    private static String first(Headers headers, String name, String otherwise) {
        return headers.containsKey(name) ? headers.getFirst(name) : otherwise;
    }

    /// Returns the value of a header that appears once; otherwise null.
    private static String only(Headers headers, String name) {
        List<String> values = headers.get(name);
        return values == null || values.size() != 1 ? null : values.getFirst();
    }

    private static boolean contains(Headers headers, String name, String word) {
        return list(headers, name).stream().anyMatch(word::equalsIgnoreCase);
    }

    /// Returns the words of a header that is a list, from all its lines.
    private static List<String> list(Headers headers, String name) {
        List<String> words = new ArrayList<>();
        for (String line : headers.getOrDefault(name, List.of())) {
            for (String word : line.split(",")) {
                if (!word.isBlank()) {
                    words.add(word.strip());
                }
            }
        }
        return words;
    }

    private static String phrase(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 426 -> "Upgrade Required";
            case 431 -> "Request Header Fields Too Large";
            case 503 -> "Service Unavailable";
            case 505 -> "HTTP Version Not Supported";
            default -> String.format(Locale.ROOT, "Status %d", status);
        };
    }
}
