package server.executor.relay;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import server.executor.HostAnswer;
import server.executor.HostHead;
import server.executor.Outcome;
import server.executor.RelaySink;
import server.executor.TaskExecutor;
import server.executor.ollama.OllamaProvider;
import server.task.ApiPath;
import shared.ResultText;
import shared.TaskType;
import shared.json.Slice;
import support.Await;
import support.Cuts;
import support.Exchange;
import support.FakeOllama;
import support.RelayedExchanges;

/// Every recorded answer of a real host to a relayed call is handed on byte for byte, whatever the place at which its
/// wire is cut in two; and an answer is over with its last word.
class HostRelayTest {

    private static final long SEED = Long.getLong("seed", 4711);

    @Test
    @Timeout(1800)
    void run_everyRecordingCutInTwo_handedOnByteForByte() throws Exception {
        try (FakeOllama fake = FakeOllama.start();
                TaskExecutor ollama = new OllamaProvider().open(fake.url())) {
            for (Exchange exchange : RelayedExchanges.all()) {
                byte[] wire = exchange.wire();
                for (int cut : Cuts.of(wire.length, SEED)) {
                    fake.otherwise(Cuts.at(cut, wire));
                    check(ollama, exchange, "cut at byte " + cut + ", seed " + SEED);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/messages"})
    void run_streamWithoutAnyEvent_isNoAnswer_andMayBeAskedForAgain(String path) throws Exception {
        try (FakeOllama fake = FakeOllama.start();
                TaskExecutor ollama = new OllamaProvider().open(fake.url())) {
            fake.otherwise((request, reply) -> reply.begin("text/event-stream"));
            Relayed got = new Relayed();
            Outcome.Failed failed = assertInstanceOf(Outcome.Failed.class, ollama.relay(
                    Relayed.call(ApiPath.parse(path).type, path, "{\"stream\":true}", true), got, got));
            assertEquals(Outcome.Cause.PASSING, failed.cause());
            assertTrue(failed.message().endsWith(" sent no answer"), failed.message());
            assertNull(got.head, "nothing was handed on");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "/api/chat            | application/x-ndjson | {\"message\":{\"content\":\"Hi\"},\"done\":false}~"
                + "{\"message\":{\"content\":\"\"},\"done\":true}~",
        "/v1/chat/completions | text/event-stream | data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}~~"
                + "data: [DONE]~~",
        "/v1/responses        | text/event-stream "
                + "| data: {\"type\":\"response.output_text.delta\",\"delta\":\"Hi\"}~~"
                + "event: response.completed~data: {\"type\":\"response.completed\",\"response\":{}}~~",
        "/v1/messages         | text/event-stream | data: {\"type\":\"content_block_delta\","
                + "\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi\"}}~~data: {\"type\":\"message_stop\"}~~"})
    void run_hostThatNeverEndsItsStream_isOverBehindTheLastWord(String path, String type, String lines)
            throws Exception {
        String stream = lines.replace('~', '\n');
        try (FakeOllama fake = FakeOllama.start();
                TaskExecutor ollama = new OllamaProvider().open(fake.url())) {
            fake.otherwise((request, reply) -> {
                reply.begin(type);
                reply.part(stream);
                reply.hang();
            });
            Relayed got = new Relayed();
            Outcome outcome = ollama.relay(Relayed.call(ApiPath.parse(path).type, path, "{\"stream\":true}", true),
                    got, got);
            Slice result = assertInstanceOf(Outcome.Completed.class, outcome, outcome::toString).result();
            assertEquals("Hi", ResultText.of(result).text());
            assertEquals(stream, got.text());
            assertFalse(got.ended, "the host has ended nothing");
            Await.until("its connection is closed", () -> fake.running() == 0);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "/api/chat            | true  | {\"message\":{\"content\":\"Hi\"},\"done\":true}~",
        "/api/chat            | false | {\"message\":{\"content\":\"Hi\"},\"done\":true}",
        "/v1/chat/completions | false | {\"choices\":[{\"message\":{\"content\":\"Hi\"}}]}",
        "/v1/chat/completions | true  | data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}~~data: [DONE]~~"})
    void run_answerOfAnUntoldType_isTakenForWhatItBeginsLike(String path, boolean streams, String text)
            throws Exception {
        String body = text.replace('~', '\n');
        try (FakeOllama fake = FakeOllama.start();
                TaskExecutor ollama = new OllamaProvider().open(fake.url())) {
            for (String type : List.of("Content-Type: text/plain; charset=utf-8\r\n", "")) {
                fake.next((request, reply) -> reply.raw("HTTP/1.1 200 OK\r\n" + type + "Content-Length: "
                        + body.length() + "\r\n\r\n" + body));
                Relayed got = new Relayed();
                Outcome outcome = ollama.relay(Relayed.call(ApiPath.parse(path).type, path, "{}", streams), got, got);
                Slice result = assertInstanceOf(Outcome.Completed.class, outcome, outcome::toString).result();
                assertEquals("Hi", ResultText.of(result).text());
                assertEquals(body, got.text());
                assertTrue(got.ended);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"/api/chat,true", "/api/chat,false", "/v1/chat/completions,true", "/v1/chat/completions,false"})
    void run_textOfAnUntoldType_isNoAnswer(String path, boolean streams) throws Exception {
        try (FakeOllama fake = FakeOllama.start();
                TaskExecutor ollama = new OllamaProvider().open(fake.url())) {
            for (String type : List.of("Content-Type: text/plain\r\n", "")) {
                fake.next((request, reply) -> reply.raw("HTTP/1.1 200 OK\r\n" + type
                        + "Content-Length: 14\r\n\r\nPlease log in."));
                Relayed got = new Relayed();
                Outcome outcome = ollama.relay(Relayed.call(ApiPath.parse(path).type, path, "{}", streams), got, got);
                assertEquals(ollama.name() + " sent no answer, but " + (type.isEmpty() ? "no type" : "text/plain"),
                        assertInstanceOf(Outcome.Failed.class, outcome).message());
                assertNull(got.head);
            }
        }
    }

    @Test
    void run_connectionThatBreaks_handsOnAllThatCameBefore() throws Exception {
        try (ServerSocket host = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                TaskExecutor ollama = new OllamaProvider().open("http://127.0.0.1:" + host.getLocalPort())) {
            CountDownLatch noticed = new CountDownLatch(1);
            Thread.ofVirtual().start(() -> sendAndBreakOff(host, noticed));
            Relayed got = new Relayed();
            RelaySink slow = new RelaySink() {
                @Override
                public void head(HostHead head) {
                    got.head(head);
                }

                @Override
                public void bytes(byte[] bytes, int from, int length) {
                    got.bytes(bytes, from, length);
                    assertDoesNotThrow(() -> assertTrue(noticed.await(20, TimeUnit.SECONDS)));
                }

                @Override
                public void end() {
                    got.end();
                }
            };
            Outcome outcome = ollama.relay(Relayed.call(TaskType.GENERATE, "/api/generate", "{}", true), got, slow);
            assertEquals(LINE.repeat(5), got.text());
            assertEquals("the connection to " + ollama.name() + " was lost in the middle of the answer (closed)",
                    assertInstanceOf(Outcome.Failed.class, outcome).message());
            assertFalse(got.ended);
        }
    }

    private static final String LINE = "{\"response\":\"a\",\"done\":false}\n";

    private static void sendAndBreakOff(ServerSocket host, CountDownLatch noticed) {
        try (Socket socket = host.accept()) {
            InputStream in = socket.getInputStream();
            String asked = "";
            while (!asked.endsWith("\r\n\r\n{}")) {
                asked += (char) in.read();
            }
            String chunk = Integer.toHexString(LINE.length()) + "\r\n" + LINE + "\r\n";
            socket.getOutputStream().write(("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(5)).getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            while (in.read() >= 0) {
                // until the client has seen the end
            }
        } catch (IOException closed) {
            // that is the end, too
        } finally {
            noticed.countDown();
        }
    }

    private static void check(TaskExecutor ollama, Exchange exchange, String how) throws InterruptedException {
        Relayed got = new Relayed();
        boolean streams = exchange.requestBody().contains("\"stream\":true")
                || exchange.path().startsWith("/api/") && !exchange.requestBody().contains("\"stream\":false");
        Outcome outcome = ollama.relay(Relayed.call(ApiPath.parse(exchange.path()).type, exchange.path(),
                exchange.requestBody(), streams), got, got);
        String what = exchange.name() + ", " + how + ": " + outcome;
        String said = new String(exchange.body(), StandardCharsets.UTF_8);
        if (exchange.status() == 200) {
            assertEquals(said, got.text(), what);
            assertTrue(got.ended, what);
            assertEquals(200, got.head.status(), what);
        } else {
            HostAnswer refusal = assertInstanceOf(Outcome.Failed.class, outcome, what).answer();
            assertEquals(said, new String(refusal.body(), StandardCharsets.UTF_8), what);
            assertEquals(exchange.status(), refusal.head().status(), what);
        }
    }
}
