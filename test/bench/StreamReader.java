package bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The one reader of a stream, on one connection: the same for the queue and for the fake behind it.
final class StreamReader implements AutoCloseable {

    private static final byte[] END = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] block = new byte[64 << 10];

    /// How many bytes the last stream had.
    long length;
    /// When the mark was first seen, in nanoseconds since the request; and when the stream had ended.
    long firstNanos;
    long nanos;

    StreamReader(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    /// Asks the fake itself.
    void readDirectly(int pieces) throws IOException {
        long begun = System.nanoTime();
        send("POST", "/api/chat", body(pieces, ",\"stream\":true"));
        readAll(begun, "\"content\"");
    }

    /// Submits a task and reads its stream.
    void readThroughQueue(int pieces) throws IOException {
        long begun = System.nanoTime();
        send("POST", "/api/tasks", body(pieces, ",\"type\":\"chat\""));
        String answer = new String(block, 0, in.read(block), StandardCharsets.US_ASCII);
        while (!answer.endsWith("}")) {
            answer += new String(block, 0, in.read(block), StandardCharsets.US_ASCII);
        }
        send("GET", "/api/tasks/" + answer.replaceFirst("(?s).*\"task_id\":\"(\\w+)\".*", "$1") + "/events", "");
        readAll(begun, "event: chunk");
    }

    private static String body(int pieces, String more) {
        return "{\"model\":\"" + pieces + "\"" + more + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    }

    private void send(String method, String path, String body) throws IOException {
        out.write((method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + (body.isEmpty() ? ""
                : "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n") + "\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII));
    }

    private void readAll(long begun, String mark) throws IOException {
        byte[] tail = new byte[0];
        length = 0;
        firstNanos = 0;
        while (!Arrays.equals(tail, END)) {
            int count = in.read(block);
            if (count < 0) {
                throw new IOException("the stream broke off after " + length + " bytes");
            }
            if (firstNanos == 0 && new String(block, 0, count, StandardCharsets.US_ASCII).contains(mark)) {
                firstNanos = System.nanoTime() - begun;
            }
            length += count;
            byte[] end = Arrays.copyOf(tail, tail.length + Math.min(count, END.length));
            System.arraycopy(block, Math.max(0, count - END.length), end, tail.length, end.length - tail.length);
            tail = Arrays.copyOfRange(end, Math.max(0, end.length - END.length), end.length);
        }
        nanos = System.nanoTime() - begun;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
