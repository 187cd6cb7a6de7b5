package fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import support.ServerProcess;

/// HTTP to a running server with a small heap: each request gets an answer that is at worst an error of the caller's,
/// or its connection is closed.
final class HttpSubject implements Subject, AutoCloseable {

    private static final int HEAP_MB = 96;
    /// What a process of this heap may take.
    private static final long RESIDENT_MAX_KB = (HEAP_MB + 220) << 10;
    /// The statuses that an answer may have in addition to 200 to 499.
    private static final List<Integer> OF_THE_SERVER = List.of(501, 502, 503, 504, 507);
    private static final int ANSWER_MAX = 64 << 10;
    /// An endless answer, such as a stream of events, is left after this long a silence.
    private static final int SILENCE_MS = 30;
    private static final int ANSWER_MS = 15_000;
    /// After this many requests, whatever they have stopped is resumed.
    private static final int RESUME_EVERY = 100;

    private final ServerProcess server;
    private final int port;
    private int asked;

    HttpSubject(Path directory) {
        server = ServerProcess.start(Map.of("OLLAMA_QUEUE_JAVA_OPTS", "-Xmx" + HEAP_MB + "m"),
                directory.resolve("data"), "--ollama-host", "echo:");
        port = URI.create(server.url()).getPort();
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public List<byte[]> corpus() {
        List<byte[]> corpus = new ArrayList<>();
        try {
            String last = null;
            for (String line : Files.readAllLines(Path.of("test/fuzz/corpus/requests.txt"))) {
                if (line.startsWith("{") || line.startsWith("[")) {
                    corpus.set(corpus.size() - 1, request(last, line));
                } else {
                    last = line;
                    corpus.add(request(line, ""));
                }
            }
        } catch (IOException missing) {
            throw new IllegalStateException(missing);
        }
        return corpus;
    }

    private static byte[] request(String line, String body) {
        return Mutator.utf8(line + " HTTP/1.1\r\nHost: localhost\r\n" + (body.isEmpty() ? ""
                : "Content-Type: application/json\r\nContent-Length: " + Mutator.utf8(body).length + "\r\n") + "\r\n"
                + body);
    }

    @Override
    public List<String> words() {
        return List.of("\r\n", "\r\n\r\n", " ", ":", "/", "?", "&", "=", "%00", "%2f", "%zz", "..", "{", "}", "\"",
                ",", "null",
                "Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\n", "Content-Encoding: gzip\r\n",
                "5\r\nhello\r\n0\r\n\r\n",
                "Idempotency-Key: k\r\n", "Accept: text/event-stream\r\n", "Accept: application/x-ndjson\r\n",
                "Accept: text/html\r\n", "Origin: http://evil.example\r\n", "Host: evil.example\r\n",
                "Last-Event-ID: 1\r\n",
                "Authorization: Bearer x\r\n", "X-Queue-Keep: true\r\n", "X-Queue-Client: c\r\n",
                "X-Queue-Priority: low\r\n",
                "X-Queue-On: echo\r\n", "Expect: 100-continue\r\n", "Connection: close\r\n", "Range: bytes=0-5\r\n",
                "If-None-Match: *\r\n", "traceparent: 00-1-1-1\r\n", "X-Request-Id: \u001b[31m\r\n", "GET ", "POST ",
                "PUT ",
                "DELETE ", "HEAD ", "OPTIONS ", "PATCH ", "/q/priority=low/", "/api/tasks", "/api/cron",
                "/api/journal/compact", "?wait=1ms",
                "&limit=-1",
                "&since=99999999999999", "http://localhost/", "*", "\"priority\":", "\"payload\":",
                "\"metadata\":{\"a\":1},",
                "\"endpoint\":\"/api/chat\",", "\"keep_alive\":0,", "\"stream\":true,", "\"messages\":[],", "[[[[[[[[");
    }

    @Override
    public String take(byte[] input) throws Exception {
        if (asked++ % RESUME_EVERY == 0) {
            String resumed = ask(request("POST /api/queue/resume", ""));
            assertTrue(resumed.startsWith("HTTP/1.1 200 "), resumed);
        }
        String answer = ask(asked % 4 == 0 ? input : withLength(input));
        if (answer.isEmpty()) {
            return "closed";
        }
        assertTrue(answer.matches("(?s)HTTP/1\\.1 [1-5]\\d\\d .*"), answer);
        int status = Integer.parseInt(answer.substring(9, 12));
        assertTrue(status < 500 || OF_THE_SERVER.contains(status), answer);
        int body = answer.indexOf("\r\n\r\n");
        return status + (body < 0 || status < 400 ? "" : answer.substring(body)
                .replaceAll("\"[^\"]*\\\\\"|'[^']*'|[0-9]+", "#"));
    }

    /// Most requests get the length that their body has now, so that they are read further.
    private static byte[] withLength(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0 || !text.contains("Content-Length: ")) {
            return input;
        }
        return (text.substring(0, end).replaceFirst("Content-Length: [^\r]*", "Content-Length: "
                + (text.length() - end - 4)) + text.substring(end)).getBytes(StandardCharsets.ISO_8859_1);
    }

    /// @return what is answered, or the beginning of it; empty if the connection is closed without
    private String ask(byte[] request) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            // thousands a second: none must linger
            socket.setSoLinger(true, 0);
            InputStream in = socket.getInputStream();
            socket.getOutputStream().write(request);
            byte[] bytes = new byte[8 << 10];
            // who says that nothing more comes is one who has gone, so that is said once nothing is answered
            socket.setSoTimeout(SILENCE_MS);
            boolean last = false;
            while (answer.size() < ANSWER_MAX) {
                try {
                    int count = in.read(bytes);
                    if (count < 0) {
                        break;
                    }
                    answer.write(bytes, 0, count);
                } catch (SocketTimeoutException silent) {
                    if (answer.size() > 0) {
                        break;
                    }
                    assertFalse(last, "not answered within " + ANSWER_MS + " ms");
                }
                if (!last) {
                    last = true;
                    socket.shutdownOutput();
                }
                socket.setSoTimeout(answer.size() > 0 ? SILENCE_MS : ANSWER_MS);
            }
        } catch (SocketException closed) {
            // with a reset, if it had sent more than was read
        }
        return answer.toString(StandardCharsets.UTF_8);
    }

    /// Counted for another process, at the end.
    @Override
    public long bytesMax(int length) {
        return 0;
    }

    /// Looks at what can be seen at the end only.
    @Override
    public void close() throws IOException {
        try (server) {
            assertEquals(200, server.get("/healthz").statusCode());
            String log = server.logged();
            assertFalse(log.contains("event=internal_error") || log.contains("\tat ") || log.contains("Exception in "),
                    log);
            long resident = Files.readAllLines(Path.of("/proc/" + server.process().pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElse(0);
            assertTrue(resident < RESIDENT_MAX_KB, "the server took " + resident + " kB");
            assertEquals(0, server.terminate());
        }
    }
}
