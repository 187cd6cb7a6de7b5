package server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import server.http.Answer;
import server.task.TaskDocument;
import shared.TaskStatus;
import shared.json.Json;
import shared.json.Slice;
import support.FakeOllama;
import support.FakeOllamaAnswer;

class RepeatedAnswerTest {

    private static final String CHAT = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a b\"}]";

    @Test
    void whole_isTheSameByteForByte() throws Exception {
        String said = "{\"id\" : \"x\",\n \"choices\":[ ] }\n";
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> reply.whole(200, said));
            HttpResponse<byte[]> first = keyed(rig, "/v1/chat/completions", CHAT + "}");
            HttpResponse<byte[]> again = keyed(rig, "/v1/chat/completions", CHAT + "}");
            assertEquals(said, text(again));
            assertEquals("application/json", header(again, "Content-Type"));
            for (String name : List.of("X-Queue-Task", "X-Queue-Host")) {
                assertEquals(header(first, name), header(again, name));
            }
            assertEquals(1, ollama.requests().size());
            assertEquals(409, keyed(rig, "/v1/chat/completions", CHAT + ",\"seed\":1}").statusCode());
            // a caller without a name is not the client of that name
            rig.call("/v1/chat/completions", CHAT + "}", "Idempotency-Key", "k", "X-Queue-Client", "null");
            assertEquals(2, ollama.requests().size());
        }
    }

    @Test
    void whole_hasNotTheOrderOfItsPieces() throws Exception {
        String said = "{\"message\":{\"content\":\"ab\",\"thinking\":\"cd\"},\"done\":true";
        try (RelayRig rig = new RelayRig("echo:")) {
            keyed(rig, "/api/chat", CHAT + ",\"stream\":false}");
            TaskDocument task = rig.task();
            for (String runs : List.of("", ",\"runs\":[1,1,1,1]")) {
                byte[] result = (said + runs + "}").getBytes(StandardCharsets.UTF_8);
                Answer.Whole again = (Answer.Whole) RepeatedAnswer.of(new TaskDocument(task.task(), task.payload(),
                        null, task.attempts(), Slice.of(result), task.trace()), false);
                assertEquals(said + "}", new String(again.bytes(), StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void streamOfEvents_isSentAsItCame() throws Exception {
        String said = "event: x\r\ndata: {\"type\":\"é\"}\r\n\r\ndata: {\"type\":\"message_stop\"}\n\n: end";
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> {
                reply.begin("text/event-stream");
                reply.part(said);
            });
            for (int i = 0; i < 2; i++) {
                HttpResponse<byte[]> answer = keyed(rig, "/v1/messages", CHAT + ",\"stream\":true}");
                assertEquals(said, text(answer));
                assertEquals("text/event-stream", header(answer, "Content-Type"));
            }
            assertEquals(1, ollama.requests().size());
        }
    }

    @Test
    void otherStreams_areMadeOfTheResultInTheSameForm() throws Exception {
        try (RelayRig rig = new RelayRig("echo:")) {
            List<String> first = text(keyed(rig, "/api/chat", CHAT + "}")).lines().toList();
            HttpResponse<byte[]> repeated = keyed(rig, "/api/chat", CHAT + "}");
            List<String> again = text(repeated).lines().toList();
            assertEquals("application/x-ndjson", header(repeated, "Content-Type"));
            assertEquals(2, again.size());
            assertTrue(again.getFirst().contains("\"content\":\"a b\"},\"done\":false}"), again.getFirst());
            assertEquals(withoutTime(first.getLast()), withoutTime(again.getLast()));

            String body = CHAT + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
            List<Json> events = events(text(keyed(rig, "/v1/chat/completions", body)));
            List<Json> repeatedEvents = events(text(keyed(rig, "/v1/chat/completions", body)));
            assertEquals(4, events.size());
            assertEquals(3, repeatedEvents.size());
            assertEquals("[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"a b\"},"
                    + "\"finish_reason\":null}]", ((Json.Obj) repeatedEvents.getFirst()).get("choices").text());
            for (String name : List.of("choices", "usage")) {
                for (int last = 1; last <= 2; last++) {
                    assertEquals(((Json.Obj) events.get(4 - last)).get(name),
                            ((Json.Obj) repeatedEvents.get(3 - last)).get(name));
                }
            }
        }
    }

    @Test
    void toolCalls_areRepeatedInTheFormOfTheApi() throws Exception {
        String said = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":null,\"tool_calls\":[{\"index\":0,\"id\":"
                + "\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\"}}]}}]}";
        String more = "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":"
                + "\"1}\"}}]},\"finish_reason\":\"tool_calls\"}]}";
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> {
                reply.begin("text/event-stream");
                reply.part("data: " + said + "\n\ndata: " + more + "\n\ndata: [DONE]\n\n");
            });
            keyed(rig, "/v1/chat/completions", CHAT + ",\"stream\":true}");
            String again = text(keyed(rig, "/v1/chat/completions", CHAT + ",\"stream\":true}"));
            assertTrue(again.contains("\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"type\":\"function\",\"function\":"
                    + "{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}}]},\"finish_reason\":null}"), again);
            assertTrue(again.contains("\"finish_reason\":\"tool_calls\"}"), again);
            assertTrue(again.endsWith("\n\ndata: [DONE]\n\n"), again);
        }
    }

    @Test
    void failed_isTheHostsRefusalAgain() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> reply.whole(400, "{\"error\" :\"invalid format\"}"));
            for (int i = 0; i < 2; i++) {
                HttpResponse<byte[]> answer = keyed(rig, "/api/chat", CHAT + "}");
                assertEquals(400, answer.statusCode());
                assertEquals("{\"error\" :\"invalid format\"}", text(answer));
                assertEquals("false", header(answer, "x-should-retry"));
            }
            assertEquals(1, ollama.requests().size());
        }
    }

    @Test
    void brokenOff_isAnErrorOfOurs() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise(FakeOllamaAnswer.errorLine("One"));
            keyed(rig, "/api/chat", CHAT + "}");
            HttpResponse<byte[]> again = keyed(rig, "/api/chat", CHAT + "}");
            assertEquals(502, again.statusCode());
            assertTrue(text(again).startsWith("{\"error\":\""), text(again));
            assertEquals(1, ollama.requests().size());
        }
    }

    @Test
    void cancelled_is499() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise(FakeOllamaAnswer.hang());
            CompletableFuture<HttpResponse<byte[]>> first = rig.client().sendAsync(
                    rig.request("/v1/embeddings", "{\"model\":\"m\"}", "Idempotency-Key", "k"),
                    BodyHandlers.ofByteArray());
            ollama.takeRequest();
            rig.queue.cancel(rig.task().task().id(), "enough");
            assertEquals(499, first.get().statusCode());
            HttpResponse<byte[]> again = keyed(rig, "/v1/embeddings", "{\"model\":\"m\"}");
            assertEquals(499, again.statusCode());
            assertTrue(text(again).contains(" was cancelled: enough\",\"type\":"), text(again));
        }
    }

    @Test
    void whileItRuns_theAnswerComesFromItsFirstByte() throws Exception {
        CountDownLatch bothRead = new CountDownLatch(1);
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.next((request, reply) -> {
                reply.begin("application/x-ndjson");
                reply.part("{\"message\":{\"content\":\"one\"},\"done\":false}\n");
                bothRead.await();
                reply.part("{\"message\":{\"content\":\" two\"},\"done\":true}\n");
            });
            HttpRequest request = rig.request("/api/chat", CHAT + "}", "Idempotency-Key", "k");
            // each comes with its head, and so with the first bytes
            HttpResponse<InputStream> first = rig.client().send(request, BodyHandlers.ofInputStream());
            HttpResponse<InputStream> again = rig.client().send(request, BodyHandlers.ofInputStream());
            assertEquals(TaskStatus.RUNNING, rig.task().task().status());
            bothRead.countDown();
            String said = new String(first.body().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(said.contains("one") && said.contains(" two"), said);
            assertEquals(said, new String(again.body().readAllBytes(), StandardCharsets.UTF_8));
            assertEquals(1, rig.tasks().size());
        }
    }

    private static HttpResponse<byte[]> keyed(RelayRig rig, String path, String body) {
        return rig.call(path, body, "Idempotency-Key", "k");
    }

    private static String withoutTime(String line) {
        return line.replaceFirst("\"created_at\":\"[^\"]*\"", "");
    }

    private static List<Json> events(String stream) {
        return stream.lines().filter(line -> line.startsWith("data: {"))
                .map(line -> Json.parse(line.substring("data: ".length()))).toList();
    }

    private static String header(HttpResponse<byte[]> answer, String name) {
        return answer.headers().firstValue(name).orElse(null);
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
