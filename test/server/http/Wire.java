package server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// A connection that sends exactly what a test says, and reads what comes back.
public final class Wire implements AutoCloseable {

    /// @param headers names in lower case
    public record Reply(int status, Map<String, String> headers, String body) {
    }

    private final Socket socket;
    private final InputStream in;

    public Wire(InetSocketAddress server) throws IOException {
        socket = new Socket();
        // small, so that who does not read soon blocks the server's writing
        socket.setReceiveBufferSize(16 << 10);
        socket.connect(server);
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    /// Sends lines, each ended by CRLF; the last one should be empty if no body follows.
    public Wire lines(String... lines) throws IOException {
        return raw(String.join("\r\n", lines) + "\r\n");
    }

    public Wire raw(String text) throws IOException {
        return raw(text.getBytes(StandardCharsets.UTF_8));
    }

    public Wire raw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /// A whole request.
    public Reply ask(String method, String path, String... headers) throws IOException {
        send(method, path, headers);
        return reply(!method.equals("HEAD"));
    }

    public void send(String method, String path, String... headers) throws IOException {
        StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        raw(text.append("\r\n").toString());
    }

    public Reply post(String path, String type, byte[] body) throws IOException {
        send("POST", path, "Content-Type: " + type, "Content-Length: " + body.length);
        raw(body);
        return reply(true);
    }

    public Reply post(String path, String json) throws IOException {
        return post(path, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    /// Reads one answer, by its length or its chunks.
    public Reply reply(boolean withBody) throws IOException {
        String[] status = line().split(" ", 3);
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        int code = Integer.parseInt(status[1]);
        byte[] body = new byte[0];
        if (withBody && code != 204 && code != 100) {
            if ("chunked".equals(headers.get("transfer-encoding"))) {
                body = chunks();
            } else if (headers.containsKey("content-length")) {
                body = in.readNBytes(Integer.parseInt(headers.get("content-length")));
            } else {
                body = in.readAllBytes();
            }
        }
        return new Reply(code, headers, new String(body, StandardCharsets.UTF_8));
    }

    /// The next line, of an answer's head or of a stream; fails at the end.
    public String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("closed after \"" + line.toString(StandardCharsets.UTF_8) + "\"");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /// Sends nothing more, as one that has left; answers can still be read.
    public Wire leave() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /// All that comes until the server closes the connection.
    public String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    /// Whether the server has closed the connection, waiting for it.
    public boolean closed() {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int length = Integer.parseInt(line(), 16); length > 0; length = Integer.parseInt(line(), 16)) {
            body.write(in.readNBytes(length));
            line();
        }
        line();
        return body.toByteArray();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
