package bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// The fastest possible fake Ollama. The model's name is the number of pieces of 20 bytes in its answer, each of which
/// is written separately. Without a stream, the answer is one object of 250 bytes.
final class FakeStream {

    private static final byte[] WHOLE = ascii("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            + "250\r\n\r\n" + String.format("%-250s", "{\"model\":\"fake\",\"created_at\":"
            + "\"2026-01-02T03:04:05.678901Z\",\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"},"
            + "\"done\":true,"
            + "\"done_reason\":\"stop\",\"eval_count\":1}"));

    private FakeStream() {
    }

    public static void main(String[] args) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress())) {
            System.out.println("listening on http://localhost:" + listener.getLocalPort());
            while (true) {
                Socket socket = listener.accept();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (String request = request(in); request != null; request = request(in)) {
                if (request.startsWith("GET")) {
                    out.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"models\":[]}"));
                } else if (request.contains("\"stream\":false")) {
                    out.write(WHOLE);
                } else {
                    answer(out, Integer.parseInt(request.replaceFirst("(?s).*\"model\":\"(\\d+)\".*", "$1")));
                }
            }
        } catch (IOException gone) {
            // the reader has what it wanted
        }
    }

    private static String request(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            head.append((char) next);
        }
        String lower = head.toString().toLowerCase(java.util.Locale.ROOT);
        int at = lower.indexOf("content-length:");
        int length = at < 0 ? 0 : Integer.parseInt(lower.substring(at + 15, lower.indexOf('\r', at)).strip());
        return head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private static void answer(OutputStream out, int pieces) throws IOException {
        String start = "{\"model\":\"fake\",\"created_at\":\"2026-01-02T03:04:05.678901Z\",\"message\":{\"role\":"
                + "\"assistant\",\"content\":\"";
        byte[] piece = chunk(start + "a piece of 20 bytes.\"},\"done\":false}\n");
        out.write(ascii("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"));
        for (int i = 0; i < pieces; i++) {
            out.write(piece);
        }
        out.write(chunk(start + "\"},\"done\":true,\"done_reason\":\"stop\",\"eval_count\":" + pieces + "}\n"));
        out.write(ascii("0\r\n\r\n"));
    }

    private static byte[] chunk(String text) {
        return ascii(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
