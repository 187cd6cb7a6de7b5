package server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;

import server.dispatch.DispatchOptions;
import server.http.Wire;
import server.journal.JournalOptions;
import server.live.RelayedAnswer;
import server.queue.state.Event;
import server.queue.state.QueueMode;
import server.settings.Settings;
import shared.TaskStatus;
import support.Await;
import support.FakeOllama;
import support.FakeOllamaAnswer;

/// What a host and a caller see while the journal's disk is slow.
class RelayDurableTest {

    private static final String CHAT = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    /// Enough time for an answer that nothing holds back.
    private static final int OTHER_CALLS = 30;

    @Test
    void host_isAskedMeanwhile_butTheCallerWaits() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise(FakeOllamaAnswer.tokens("Hel", "lo"));
            CompletableFuture<Long> started = started(rig);
            rig.journal.holdSync();
            CompletableFuture<HttpResponse<InputStream>> answer = rig.client().sendAsync(
                    rig.request("/api/chat", CHAT), BodyHandlers.ofInputStream());
            assertEquals("/api/chat", ollama.takeRequest().path());
            awaitFirstByte(rig, started);
            otherCalls(rig);
            assertFalse(answer.isDone());
            rig.journal.releaseSync();
            assertTrue(new String(answer.get().body().readAllBytes(), StandardCharsets.UTF_8).contains("lo"));
        }
    }

    @Test
    void callerThatHasSignsOfLife_getsNoByteOfTheAnswer() throws Exception {
        Settings signs = Settings.DEFAULT.with(RelayOptions.HEARTBEAT, Duration.ofMillis(30));
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(signs, DispatchOptions.DEFAULT,
                Duration.ofMinutes(1), ollama.url());
                Socket caller = new Socket("127.0.0.1", rig.port())) {
            ollama.otherwise(FakeOllamaAnswer.tokens("Hel", "lo"));
            rig.queue.changeMode(QueueMode.PAUSED);
            caller.getOutputStream().write(("POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                    + CHAT.length() + "\r\n\r\n" + CHAT).getBytes(StandardCharsets.US_ASCII));
            InputStream answer = caller.getInputStream();
            assertEquals('H', answer.read());
            CompletableFuture<Long> started = started(rig);
            rig.journal.holdSync();
            CompletableFuture<Void> resumed = CompletableFuture.runAsync(
                    () -> rig.queue.changeMode(QueueMode.RUNNING));
            ollama.takeRequest();
            awaitFirstByte(rig, started);
            otherCalls(rig);
            String before = new String(answer.readNBytes(answer.available()), StandardCharsets.UTF_8);
            assertFalse(before.contains("{"), before);
            rig.journal.releaseSync();
            resumed.get();
            int next = answer.read();
            while (next >= 0 && next != '{') {
                next = answer.read();
            }
            assertEquals('{', next);
        }
    }

    /// It may have to run again after the server's death: then nothing must have begun that is not on record.
    @Test
    void keptCall_goesToItsHostOnlyWhenItIsDurable() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            AtomicBoolean asked = new AtomicBoolean();
            ollama.otherwise((request, reply) -> {
                asked.set(true);
                FakeOllamaAnswer.tokens("Hel", "lo").play(request, reply);
            });
            CompletableFuture<Long> started = started(rig);
            rig.journal.holdSync();
            CompletableFuture<HttpResponse<byte[]>> answer = rig.client().sendAsync(rig.request("/api/chat", CHAT,
                    "X-Queue-Keep", "true"), BodyHandlers.ofByteArray());
            rig.journal.awaitHeldSync();
            started.get();
            otherCalls(rig);
            assertFalse(asked.get());
            rig.journal.releaseSync();
            assertEquals(200, answer.get().statusCode());
        }
    }

    /// It is not left without a word, as it was while it awaited the disk.
    @Test
    void callerThatHasSignsOfLife_learnsThatTheDiskHasFailed() throws Exception {
        Settings signs = Settings.DEFAULT.with(RelayOptions.HEARTBEAT, Duration.ofMillis(30));
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(signs, ollama.url());
                Wire caller = rig.wire()) {
            ollama.otherwise(FakeOllamaAnswer.tokens("Hel", "lo"));
            rig.queue.changeMode(QueueMode.PAUSED);
            caller.lines("POST /api/chat HTTP/1.1", "Host: localhost", "Connection: close", "Content-Length: "
                    + CHAT.length(), "").raw(CHAT);
            assertEquals("HTTP/1.1 200 OK", caller.line());
            CompletableFuture<Long> started = started(rig);
            rig.journal.holdSync();
            CompletableFuture<Void> resumed = CompletableFuture.runAsync(
                    () -> rig.queue.changeMode(QueueMode.RUNNING));
            awaitFirstByte(rig, started);
            rig.journal.failSync(1);
            rig.journal.releaseSync();
            String rest = caller.rest();
            assertTrue(rest.contains("\"error\":\"the journal can no longer be written"), rest);
            assertFalse(rest.contains("lo\""), rest);
            assertThrows(CompletionException.class, resumed::join);
        }
    }

    @Test
    void callerWhoseStartCannotBeSynced_gets503() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise(FakeOllamaAnswer.tokens("Hel", "lo"));
            CompletableFuture<Long> started = started(rig);
            rig.journal.holdSync();
            CompletableFuture<HttpResponse<byte[]>> answer = called(rig);
            awaitFirstByte(rig, started);
            rig.journal.failSync(1);
            rig.journal.releaseSync();
            assertEquals(503, answer.get().statusCode());
            assertFalse(new String(answer.get().body(), StandardCharsets.UTF_8).contains("lo\""));
        }
    }

    @Test
    void hostThatRefuses_isToldAfterTheSync() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> reply.whole(400, "{\"error\":\"bad option\"}"));
            rig.journal.holdSync();
            CompletableFuture<HttpResponse<byte[]>> answer = called(rig);
            ollama.takeRequest();
            // submitted, started and failed
            Await.until(() -> "did not fail", () -> rig.queue.ledger().appendedSeq() >= 3);
            otherCalls(rig);
            assertFalse(answer.isDone());
            rig.journal.releaseSync();
            assertEquals(400, answer.get().statusCode());
            assertEquals(TaskStatus.FAILED, rig.task().task().status());
        }
    }

    /// The second host is asked before the failure of the first is durable; no byte comes before its start is.
    @Test
    void anotherHost_isAskedMeanwhile_butTheCallerWaits() throws Exception {
        try (FakeOllama one = FakeOllama.start(); FakeOllama two = FakeOllama.start();
                RelayRig rig = new RelayRig("one=" + one.url(), "two=" + two.url())) {
            CompletableFuture<Long> started = started(rig);
            AtomicBoolean failed = new AtomicBoolean();
            FakeOllamaAnswer first = (request, reply) -> {
                if (failed.getAndSet(true)) {
                    FakeOllamaAnswer.tokens("Hel", "lo").play(request, reply);
                } else {
                    reply.whole(503, "{\"error\":\"server busy, please try again\"}");
                }
            };
            one.otherwise(first);
            two.otherwise(first);
            rig.journal.holdSync();
            CompletableFuture<HttpResponse<InputStream>> answer = rig.client().sendAsync(
                    rig.request("/api/chat", CHAT), BodyHandlers.ofInputStream());
            awaitFirstByte(rig, started);
            otherCalls(rig);
            assertFalse(answer.isDone());
            rig.journal.releaseSync();
            assertTrue(new String(answer.get().body().readAllBytes(), StandardCharsets.UTF_8).contains("lo"));
            assertEquals(2, one.requests().size() + two.requests().size());
        }
    }

    @Test
    void callerThatLeavesMeanwhile_endsItsTaskAndItsHostsWork() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> {
                reply.begin("application/x-ndjson");
                reply.part("{\"done\":false}\n");
                request.awaitCancelled();
            });
            CompletableFuture<Long> started = started(rig);
            rig.journal.holdSync();
            Wire caller = rig.wire().lines("POST /api/chat HTTP/1.1", "Host: localhost", "Content-Length: "
                    + CHAT.length(), "").raw(CHAT);
            awaitFirstByte(rig, started);
            caller.close();
            Await.until(() -> "the host still works", () -> ollama.running() == 0);
            rig.journal.releaseSync();
            Await.until(() -> "not cancelled", () -> rig.task().task().status() == TaskStatus.CANCELLED);
            assertEquals("its caller has left", rig.task().error());
        }
    }

    /// Where lines that nobody waits for may wait for a day.
    @Test
    void call_isWrittenAtOnceIfSomebodyWaitsForItsBeginning() throws Exception {
        JournalOptions patient = new JournalOptions(1 << 20, 1 << 10, Duration.ofSeconds(1), Duration.ofDays(1));
        String whole = CHAT.replaceFirst(".$", ",\"stream\":false}");
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(patient, ollama.url())) {
            Semaphore gate = new Semaphore(3);
            ollama.otherwise(FakeOllamaAnswer.gated(gate, "Hel", "lo"));
            BlockingQueue<Integer> synced = new LinkedBlockingQueue<>();
            rig.queue.ledger().onSync((lines, bytes, nanos) -> synced.add(lines));
            assertEquals(200, rig.call("/api/chat", whole).statusCode());
            assertEquals(3, synced.take(), "submitted, started and completed");
            gate.release(1);
            try (InputStream stream = rig.client().send(rig.request("/api/chat", CHAT), BodyHandlers.ofInputStream())
                    .body()) {
                assertEquals('{', stream.read());
                assertEquals(2, synced.take(), "submitted and started");
                gate.release(2);
                stream.readAllBytes();
            }
            assertEquals(1, synced.take(), "completed");
            gate.release(3);
            assertEquals(200, rig.call("/api/chat", whole, "X-Queue-Keep", "true").statusCode());
            assertTrue(synced.take() <= 2, "a kept call goes to its host when it is durable");
        }
    }

    private static CompletableFuture<HttpResponse<byte[]>> called(RelayRig rig) {
        return rig.client().sendAsync(rig.request("/api/chat", CHAT), BodyHandlers.ofByteArray());
    }

    /// Returns what will be the number of the task whose attempt begins next.
    private static CompletableFuture<Long> started(RelayRig rig) {
        CompletableFuture<Long> started = new CompletableFuture<>();
        rig.queue.ledger().onChange(events -> events.forEach(event -> {
            if (event instanceof Event.Change change && change.task().status() == TaskStatus.RUNNING) {
                started.complete(change.task().id());
            }
        }));
        return started;
    }

    private static void awaitFirstByte(RelayRig rig, CompletableFuture<Long> started) throws Exception {
        RelayedAnswer answer = rig.parts.answers().find(started.get());
        Await.until(() -> "no byte came", () -> answer.look().bytes().length() > 0);
    }

    private static void otherCalls(RelayRig rig) throws Exception {
        try (Wire other = rig.wire()) {
            for (int i = 0; i < OTHER_CALLS; i++) {
                assertEquals(200, other.ask("GET", "/api/version").status());
            }
        }
    }
}
