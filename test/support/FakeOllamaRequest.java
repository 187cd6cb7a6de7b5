package support;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A request, and whether its client waited for the answer.
public final class FakeOllamaRequest {

    private static final Pattern MODEL = Pattern.compile("\"model\"\\s*:\\s*\"([^\"]*)\"");
    private static final Pattern TEXT =
            Pattern.compile("\"(?:prompt|content|input)\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

    private final String method;
    private final String path;
    private final Map<String, String> headers;
    private final String body;
    private final boolean kept;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean answered;
    private volatile boolean cancelled;

    private FakeOllamaRequest(String method, String path, Map<String, String> headers, String body, boolean kept) {
        this.method = method;
        this.path = path;
        this.headers = headers;
        this.body = body;
        this.kept = kept;
    }

    /// @param kept whether its connection has had another request before
    /// @return null at the end of the connection
    static FakeOllamaRequest read(InputStream in, boolean kept) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        String[] words = first.split(" ");
        return new FakeOllamaRequest(words[0], words[1], headers, new String(body, StandardCharsets.UTF_8),
                kept);
    }

    public String method() {
        return method;
    }

    /// Returns the path: `/api/chat`, `/api/generate`, `/api/embed`, …
    public String path() {
        return path;
    }

    /// @param name in lower case
    public String header(String name) {
        return headers.get(name);
    }

    public String body() {
        return body;
    }

    /// Returns whether its connection has had another request before.
    public boolean kept() {
        return kept;
    }

    public String model() {
        Matcher model = MODEL.matcher(body);
        return model.find() ? model.group(1) : "";
    }

    /// Returns the prompt, or the last message's content, or the input, as escaped in the body.
    public String prompt() {
        String prompt = "";
        for (Matcher text = TEXT.matcher(body); text.find();) {
            prompt = text.group(1);
        }
        return prompt;
    }

    /// Waits, at most a minute, until the client has closed the connection before its answer was complete.
    public void awaitCancelled() throws InterruptedException {
        if (!closed.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the client did not close the connection within 60 s");
        }
        if (!cancelled) {
            throw new AssertionError("the answer was whole when the client closed the connection");
        }
    }

    /// Returns whether the client closed the connection before its answer was complete.
    public boolean cancelled() {
        return cancelled;
    }

    void answered() {
        answered = true;
    }

    void clientClosed() {
        cancelled = !answered;
        closed.countDown();
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
