package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.ServerProcess;

/// WebSocket of the real program, used by the JDK's client.
final class WebSocketTest {

    @TempDir
    Path directory;

    private static final class Heard implements WebSocket.Listener {

        private final BlockingQueue<Json.Obj> messages = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> closes = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                messages.add((Json.Obj) Json.parse(text.toString()));
                text.setLength(0);
            }
            return WebSocket.Listener.super.onText(socket, part, last);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closes.add(code + " " + reason);
            return null;
        }

        private Json.Obj next() throws InterruptedException {
            return messages.poll(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void server_tellsItsPortAndAllThatHappensAndSaysGoodbye() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:");
                HttpClient http = HttpClient.newHttpClient()) {
            long port = info(server).integer("ws_port", 0);
            Heard heard = new Heard();
            WebSocket socket = http.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://localhost:" + port + "/ws"), heard).join();
            assertEquals("snapshot", heard.next().text("event"));
            String id = server.submit("{\"type\":\"generate\",\"prompt\":\"one two\"}");
            socket.sendText("{\"subscribe\":[\"" + id + "\"]}", true).join();
            StringBuilder answer = new StringBuilder();
            Json.Obj message = heard.next();
            while (!message.text("event").equals("unsubscribed")) {
                answer.append(message.text("event").equals("chunk") ? message.text("text") : "");
                message = heard.next();
            }
            assertEquals("completed", message.text("status"));
            assertEquals("one two", answer.toString());
            assertThrows(CompletionException.class, () -> http.newWebSocketBuilder()
                    .header("Origin", "http://a.example")
                    .buildAsync(URI.create("ws://localhost:" + port + "/ws"), new Heard()).join());
            String metrics = server.get("/metrics").body();
            assertTrue(metrics.contains("http_requests_total{method=\"GET\",route=\"/ws\",status=\"101\"} 1\n")
                    && metrics.contains("http_requests_total{method=\"GET\",route=\"/ws\",status=\"403\"} 1\n"),
                    metrics);
            assertEquals(0, server.terminate());
            assertEquals("1001 the server stops", heard.closes.poll(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void port_0_turnsItOff() {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:",
                "--ws-port", "0")) {
            assertTrue(info(server).members().containsKey("ws_port"));
            assertNull(info(server).get("ws_port"));
        }
    }

    @Test
    void port_thatIsTaken_isAnErrorIfItWasAskedFor() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            Path log = directory.resolve("log");
            Process process = ServerProcess.launch(List.of("--port", "0", "--ollama-host", "echo:", "--data-dir",
                    directory.resolve("data").toString(), "--ws-port", Integer.toString(taken.getLocalPort())), log);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(1, process.exitValue());
            String said = Files.readString(log);
            assertTrue(said.contains("ollama-queue-server: cannot listen for WebSocket on 127.0.0.1:"
                    + taken.getLocalPort() + ": Address already in use"), said);
        }
    }

    private static Json.Obj info(ServerProcess server) {
        return (Json.Obj) Json.parse(server.get("/api/info").body());
    }
}
