package support;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/// Writes an answer, well-formed or not.
public final class FakeOllamaReply {

    private static final String CREATED = "2026-01-02T03:04:05.678901234Z";

    private final FakeOllamaRequest request;
    private final Socket socket;
    private boolean chunked;

    FakeOllamaReply(FakeOllamaRequest request, Socket socket) {
        this.request = request;
        this.socket = socket;
    }

    /// Writes a whole answer with its length.
    ///
    /// @param headers such as `Retry-After: 7`
    public void whole(int status, String body, String... headers) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        raw(head(status, headers) + "Content-Length: " + bytes.length + "\r\n\r\n");
        raw(bytes);
    }

    /// Begins a streamed answer.
    public void begin() throws IOException {
        begin("application/json; charset=utf-8");
    }

    public void begin(String contentType) throws IOException {
        raw(head(200).replaceFirst("(?<=Content-Type: ).*", contentType) + "Transfer-Encoding: chunked\r\n\r\n");
        chunked = true;
    }

    /// Writes a piece of the answer's text, in the form of the request's endpoint.
    ///
    /// @param text the contents of a JSON string, without its quotes
    public void token(String text) throws IOException {
        line("{\"model\":\"" + request.model() + "\",\"created_at\":\"" + CREATED + "\"," + said(text)
                + ",\"done\":false}");
    }

    /// Writes the last line of an answer of this many tokens.
    public void done(int tokens) throws IOException {
        line(last("", tokens));
    }

    /// Writes a whole answer of one object, in the form of the request's endpoint.
    ///
    /// @param text the contents of a JSON string, without its quotes
    public void wholeText(String text) throws IOException {
        whole(200, last(text, 1));
    }

    private String last(String text, int tokens) {
        return "{\"model\":\"" + request.model() + "\",\"created_at\":\"" + CREATED + "\"," + said(text)
                + ",\"done\":true,\"done_reason\":\"stop\",\"total_duration\":1000000,\"load_duration\":1000,"
                + "\"prompt_eval_count\":3,\"prompt_eval_duration\":1000,\"eval_count\":" + tokens
                + ",\"eval_duration\":1000}";
    }

    /// Writes a line of a streamed answer, which begins if it has not.
    public void line(String json) throws IOException {
        part(json + "\n");
    }

    /// Writes a part of a line of a streamed answer.
    public void part(String text) throws IOException {
        if (!chunked) {
            begin();
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        raw(Integer.toHexString(bytes.length) + "\r\n" + text + "\r\n");
    }

    /// Writes bytes to the connection, which include the head of the answer.
    public void raw(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    public void raw(String text) throws IOException {
        raw(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Closes the connection as it is.
    public void breakOff() {
        request.answered();
        drop();
    }

    void drop() {
        try {
            socket.close();
        } catch (IOException ignored) {
            // closed is closed
        }
    }

    /// Sends nothing more until the client leaves.
    public void hang() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    /// Ends a streamed answer.
    void end() throws IOException {
        if (chunked && !socket.isClosed()) {
            raw("0\r\n\r\n");
        }
    }

    private static String head(int status, String... headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Fake\r\n"
                + "Content-Type: application/json; charset=utf-8\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.toString();
    }

    private String said(String text) {
        return request.path().equals("/api/chat")
                ? "\"message\":{\"role\":\"assistant\",\"content\":\"" + text + "\"}"
                : "\"response\":\"" + text + "\"";
    }
}
