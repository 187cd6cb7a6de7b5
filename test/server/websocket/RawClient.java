package server.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/// A client that sends exactly what a test says, and reads what comes back frame by frame.
public final class RawClient implements AutoCloseable {

    /// @param first FIN, the reserved bits and the opcode
    public record Frame(int first, byte[] payload) {

        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        /// As `81 hello`, or of a Close frame `88 1000 reason`.
        public String shown() {
            if (first == 0x88 && payload.length >= 2) {
                return "88 " + ((payload[0] & 0xff) << 8 | payload[1] & 0xff) + " "
                        + new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
            }
            return Integer.toHexString(first) + " " + (text().length() < 200 ? text() : payload.length + " bytes");
        }
    }

    private final Socket socket = new Socket();
    private final InputStream in;

    public RawClient(int port) throws IOException {
        // small, so that a client that does not read soon blocks the server's writes
        socket.setReceiveBufferSize(16 << 10);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    /// Connected and through the handshake.
    public static RawClient open(int port) throws IOException {
        RawClient client = new RawClient(port);
        String answer = client.ask(request("/ws"));
        assertTrue(answer.startsWith("HTTP/1.1 101 "), answer);
        return client;
    }

    /// A good request.
    ///
    /// @param more further headers
    public static String request(String path, String... more) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                + String.join("", more) + "\r\n";
    }

    /// Sends a request; the answer's head, and its body if it has one.
    public String ask(String request) throws IOException {
        send(request.getBytes(StandardCharsets.ISO_8859_1));
        return answer();
    }

    public String answer() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            head.write(read());
        }
        String text = head.toString(StandardCharsets.ISO_8859_1);
        return text.startsWith("HTTP/1.1 101 ") ? text
                : text + new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    /// Whether something has arrived that was not read.
    boolean hasNews() throws IOException {
        return in.available() > 0;
    }

    public RawClient send(byte[]... parts) throws IOException {
        socket.getOutputStream().write(Frames.concat(parts));
        return this;
    }

    public RawClient say(String text) throws IOException {
        return send(Frames.text(text));
    }

    /// The next frame; null if the server has closed the connection instead.
    public Frame next() throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        int length = read();
        assertTrue(length < 128, "a server's frame must not be masked");
        if (length == 126) {
            length = read() << 8 | read();
            assertTrue(length > 125, "the length is not minimal");
        } else if (length == 127) {
            assertEquals(0, read() | read() | read() | read());
            length = read() << 24 | read() << 16 | read() << 8 | read();
            assertTrue(length > 0xffff, "the length is not minimal");
        }
        byte[] payload = in.readNBytes(length);
        assertEquals(length, payload.length, "the connection ended within a frame");
        return new Frame(first, payload);
    }

    /// The next frame as it is shown; `eof` if there is none.
    public String shown() throws IOException {
        Frame frame = next();
        return frame == null ? "eof" : frame.shown();
    }

    /// Whether nothing arrives for this long.
    public boolean silent(int ms) throws IOException {
        socket.setSoTimeout(ms);
        try {
            return in.read() == Integer.MIN_VALUE;
        } catch (SocketTimeoutException nothing) {
            return true;
        } finally {
            socket.setSoTimeout(60_000);
        }
    }

    /// Closes its own half.
    public void end() throws IOException {
        socket.shutdownOutput();
    }

    private int read() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException("the server has closed the connection");
        }
        return b;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /// The number of WebSockets that the server has open.
    public static int open(WebSocketServer server) {
        return server.open();
    }
}
