package real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import shared.json.Json;
import support.Exchange;
import support.FakeOllama;
import support.FakeOllamaRequest;
import support.RelayedExchanges;
import support.ServerProcess;

/// Third-party clients tolerate the signs of life in every form: each of their calls waits for two heartbeats before
/// its host, which plays recordings, answers.
@Timeout(300)
final class HeartbeatClientsTest {

    private static final long HELD_MS = 2_300;

    /// Replacements for recordings of hosts that were not available.
    private static final Map<String, String> EVENTS = Map.of("/v1/responses", """
            event: response.created
            data: {"type":"response.created","sequence_number":0,"response":{"id":"r","object":"response",\
            "created_at":1,"model":"m","output":[],"status":"in_progress","tools":[]}}

            event: response.completed
            data: {"type":"response.completed","sequence_number":1,"response":{"id":"r","object":"response",\
            "created_at":1,"model":"m","output":[],"status":"completed","tools":[]}}

            """, "/v1/messages", """
            event: message_start
            data: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"m",\
            "content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},\
            "usage":{"output_tokens":1}}

            event: message_stop
            data: {"type":"message_stop"}

            """);

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"with_heartbeats.py, 9", "with_heartbeats.mjs, 6"})
    void client_bearsTheSignsOfLife(String script, int cases) throws Exception {
        List<String> words = new ArrayList<>(ClientPrograms.command(script));
        Files.writeString(directory.resolve("config.yaml"), "relay: {heartbeat: 1s}\n");
        try (FakeOllama host = FakeOllama.start();
                ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host", host.url(),
                        "--config", directory.resolve("config.yaml").toString())) {
            host.otherwise((request, reply) -> {
                LockSupport.parkNanos(HELD_MS * 1_000_000);
                if (EVENTS.containsKey(request.path())) {
                    reply.begin("text/event-stream");
                    reply.part(EVENTS.get(request.path()));
                } else {
                    reply.raw(recording(request).wire());
                }
            });
            words.addAll(List.of(server.url(), "gemma", "minilm"));
            Path errors = directory.resolve("stderr");
            Process process = new ProcessBuilder(words).redirectError(errors.toFile()).start();
            List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()
                    .toList();
            assertEquals(0, process.waitFor(), Files.readString(errors));
            for (String line : lines) {
                assertNotNull(((Json.Obj) Json.parse(line)).get("gives"), line);
            }
            assertEquals(cases, lines.size(), lines.toString());
        }
    }

    private static Exchange recording(FakeOllamaRequest request) {
        boolean stream = request.body().replace(" ", "").contains("\"stream\":true");
        return RelayedExchanges.all().stream().filter(exchange -> exchange.path().equals(request.path())
                && exchange.status() == 200 && stream == exchange.name().contains("stream")
                && !exchange.name().matches(".*(base64|error|loads|schema|empty|too-long).*"))
                .findFirst().orElseThrow(() -> new IllegalStateException(request.path() + " " + request.body()));
    }
}
