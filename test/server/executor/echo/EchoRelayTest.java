package server.executor.echo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import server.executor.HostAnswer;
import server.executor.Outcome;
import server.executor.TaskExecutor;
import server.executor.relay.Relayed;
import shared.TaskType;
import shared.json.Json;
import shared.json.Slice;

class EchoRelayTest {

    private final TaskExecutor echo = new EchoExecutor("echo:", Duration.ZERO,
            InstantSource.fixed(Instant.parse("2026-01-02T03:04:05Z")));

    @Test
    void relays_itsPathsOnly() {
        for (String path : List.of("/api/chat", "/api/embeddings", "/v1/completions", "/api/show", "/v1/models/x")) {
            assertTrue(echo.relays(path), path);
        }
        for (String path : List.of("/v1/responses", "/v1/messages", "/api/pull", "/v1/files", "/api/chats")) {
            assertFalse(echo.relays(path), path);
        }
    }

    @Test
    void relay_chatStream_comesAsOllamasLines() throws Exception {
        String said = "{\"model\":\"qwen3\",\"created_at\":\"2026-01-02T03:04:05Z\",\"message\":{\"role\":"
                + "\"assistant\",\"content\":";
        String answer = relay(TaskType.CHAT, "/api/chat", "{\"messages\":[{\"role\":\"user\",\"content\":\"a b\"}]}",
                true);
        assertTrue(answer.startsWith(said + "\"a\"},\"done\":false}\n" + said + "\" b\"},\"done\":false}\n" + said
                + "\"\"},\"done\":true,\"done_reason\":\"stop\","), answer);
    }

    @Test
    void relay_namesInAnotherCase_isNoLoad() throws Exception {
        String answer = relay(TaskType.CHAT, "/api/chat", "{\"Messages\":[{\"Role\":\"user\",\"Content\":\"a b\"}]}",
                false);
        assertTrue(answer.contains("\"content\":\"a b\""), answer);
        assertTrue(relay(TaskType.GENERATE, "/api/generate", "{\"Prompt\":\"a b\"}", false)
                .contains("\"response\":\"a b\""));
    }

    @Test
    void relay_openAiChatStream_comesAsEvents() throws Exception {
        String[] events = relay(TaskType.CHAT, "/v1/chat/completions", """
                {"model":"qwen3","messages":[{"role":"user","content":[{"type":"text","text":"a b c"}]}],
                "stream":true,"max_tokens":2,"stream_options":{"include_usage":true}}""", true).split("\n\n");
        String head = "{\"id\":\"chatcmpl-dfdrqei87dvk\",\"object\":\"chat.completion.chunk\",\"created\":1767323045,"
                + "\"model\":\"qwen3\",\"choices\":[";
        String delta = head + "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":";
        assertEquals(List.of(
                "data: " + delta + "\"a\"},\"finish_reason\":null}]}",
                "data: " + delta + "\" b\"},\"finish_reason\":null}]}",
                "data: " + delta + "\"\"},\"finish_reason\":\"length\"}]}",
                "data: " + head + "],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}",
                "data: [DONE]"), List.of(events));
    }

    @Test
    void relay_openAiWhole_isOneObject() throws Exception {
        Json.Obj chat = object(relay(TaskType.CHAT, "/v1/chat/completions",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"a b\"}]}", false));
        assertEquals("chat.completion", chat.text("object"));
        assertEquals("[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"a b\"},"
                + "\"finish_reason\":\"stop\"}]", chat.get("choices").text());
        Json.Obj text = object(relay(TaskType.GENERATE, "/v1/completions", "{\"prompt\":[\"a b\"]}", false));
        assertEquals("text_completion", text.text("object"));
        assertEquals("[{\"index\":0,\"text\":\"a b\",\"finish_reason\":\"stop\"}]", text.get("choices").text());
        assertEquals("{\"prompt_tokens\":2,\"completion_tokens\":2,\"total_tokens\":4}", text.get("usage").text());
    }

    @Test
    void relay_openAiEmbeddings_areTheSameInBothFormats() throws Exception {
        Json.Arr numbers = vectors("{\"input\":[\"a\",\"b c\"],\"dimensions\":3}");
        Json.Arr encoded = vectors("{\"input\":[\"a\",\"b c\"],\"dimensions\":3,\"encoding_format\":\"base64\"}");
        for (int i = 0; i < 2; i++) {
            Json.Arr vector = (Json.Arr) ((Json.Obj) numbers.values().get(i)).get("embedding");
            ByteBuffer floats = ByteBuffer.wrap(Base64.getDecoder().decode(
                    ((Json.Obj) encoded.values().get(i)).text("embedding"))).order(ByteOrder.LITTLE_ENDIAN);
            assertEquals(12, floats.remaining());
            for (Json number : vector.values()) {
                assertEquals(Float.parseFloat(number.text()), floats.getFloat());
            }
        }
    }

    @Test
    void relay_withoutPrompt_loadsOrUnloads() throws Exception {
        String began = "{\"model\":\"m\",\"created_at\":\"2026-01-02T03:04:05Z\",";
        assertEquals(began + "\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,"
                + "\"done_reason\":\"load\"}", relay(TaskType.CHAT, "/api/chat", "{\"model\":\"m\"}", true));
        for (String time : List.of("0", "\"0s\"", "\"0\"")) {
            assertEquals(began + "\"response\":\"\",\"done\":true,\"done_reason\":\"unload\"}",
                    asked("/api/generate", "{\"model\":\"m\",\"prompt\":\"\",\"keep_alive\":" + time + "}"));
        }
    }

    @Test
    void relay_wrongRequest_isRefusedInTheFormOfTheApi() throws Exception {
        for (String path : List.of("/api/chat", "/v1/chat/completions")) {
            Relayed relayed = new Relayed();
            HostAnswer answer = assertInstanceOf(Outcome.Failed.class, echo.relay(
                    Relayed.call(TaskType.CHAT, path, "{\"messages\":[{}]}", true), relayed, relayed)).answer();
            assertNull(relayed.head);
            assertEquals(400, answer.head().status());
            String words = "\"echo: there is no user message to repeat\"";
            assertEquals(path.startsWith("/api/") ? "{\"error\":" + words + "}" : "{\"error\":{\"message\":" + words
                    + ",\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}",
                    new String(answer.body(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void ask_answersWhatClientsAsk() throws Exception {
        assertEquals("{\"version\":\"0.33.0\"}", asked("/api/version?x=1", null));
        assertEquals("{\"models\":[]}", asked("/api/ps", null));
        Json.Arr models = (Json.Arr) object(asked("/api/tags", null)).get("models");
        assertEquals("echo", ((Json.Obj) models.values().getFirst()).text("name"));
        assertEquals("[\"completion\",\"embedding\"]",
                object(asked("/api/show", "{\"name\":\"echo\"}")).get("capabilities").text());
        assertEquals("{\"object\":\"list\",\"data\":[{\"id\":\"echo\",\"object\":\"model\",\"created\":1767323045,"
                + "\"owned_by\":\"library\"}]}", asked("/v1/models", null));
        assertEquals("qwen3:4b", object(asked("/v1/models/qwen3:4b", null)).text("id"));
        assertThrows(IOException.class, () -> asked("/api/chat", "{\"messages\":[{}]}"));
    }

    private Json.Arr vectors(String body) throws InterruptedException {
        return (Json.Arr) object(relay(TaskType.EMBED, "/v1/embeddings", body, false)).get("data");
    }

    private String relay(TaskType type, String path, String body, boolean streams) throws InterruptedException {
        Relayed relayed = new Relayed();
        assertInstanceOf(Outcome.Completed.class,
                echo.relay(Relayed.call(type, path, body, streams), relayed, relayed));
        assertTrue(relayed.ended);
        if (relayed.head.length() >= 0) {
            assertEquals(relayed.head.length(), relayed.text().getBytes(StandardCharsets.UTF_8).length);
        }
        return relayed.text();
    }

    private String asked(String target, String body) throws IOException, InterruptedException {
        HostAnswer answer = echo.ask("GET", target, Map.of(),
                body == null ? null : Slice.of(body.getBytes(StandardCharsets.UTF_8)));
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static Json.Obj object(String text) {
        return (Json.Obj) Json.parse(text);
    }
}
