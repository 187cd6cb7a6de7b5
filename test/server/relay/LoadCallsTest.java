package server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

import org.junit.jupiter.api.Test;
import server.dispatch.DispatchOptions;
import server.dispatch.HostAccess;
import server.dispatch.RoutingOptions;
import server.http.Wire;
import server.settings.Settings;
import support.Await;
import support.FakeOllama;
import support.FakeOllamaAnswer;

class LoadCallsTest {

    private static final String CHAT = "{\"model\":\"fake\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    @Test
    void loadAndUnload_areNoTasks() throws Exception {
        String load = "{\"model\":\"fake\",\"keep_alive\":\"5m\"}";
        String said = "{\"model\":\"fake\",\"done\":true,\"done_reason\":\"load\"}";
        try (FakeOllama one = FakeOllama.start(); FakeOllama other = FakeOllama.start();
                RelayRig rig = new RelayRig(one.url(), other.url())) {
            awaitLists(rig);
            one.otherwise((request, reply) -> reply.whole(200, said));
            other.otherwise((request, reply) -> reply.whole(200, said));
            assertEquals(said, text(rig.call("/api/generate", load)));
            assertEquals(1, one.requests().size() + other.requests().size());
            assertEquals(said, text(rig.call("/api/chat", load.replace("\"5m\"", "0"))));
            assertEquals(3, one.requests().size() + other.requests().size());
            // lists do not judge: it may be new there
            assertEquals(said, text(rig.call("/api/chat", load.replace("fake", "new"))));
            one.otherwise(FakeOllamaAnswer.missing("nix"));
            other.otherwise(FakeOllamaAnswer.missing("nix"));
            refused(404, "{\"error\":\"", rig.call("/api/chat", "{\"model\":\"nix\"}"));
            assertEquals(List.of(), rig.tasks());
        }
    }

    @Test
    void load_withOptionsThatStartTheModelAnew_waitsForAPlace() throws Exception {
        Semaphore gate = new Semaphore(0);
        String load = "{\"model\":\"fake\"}";
        String larger = "{\"model\":\"fake\",\"options\":{\"num_ctx\":4096}}";
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            rig.dispatcher.reconfigure(new DispatchOptions(1, Duration.ofMinutes(1), Duration.ofMinutes(1),
                    RoutingOptions.DEFAULT));
            ollama.info("/api/ps", (request, reply) -> reply.whole(200, "{\"models\":[{\"name\":\"fake:latest\"}]}"));
            rig.call("/api/chat", CHAT);
            Await.until(() -> "not loaded", () -> !rig.hosts.backends().getFirst().loaded().isEmpty());
            ollama.otherwise((request, reply) -> {
                if (request.body().contains("messages")) {
                    gate.acquire();
                }
                reply.whole(200, "{\"done\":true}");
            });
            CompletableFuture<HttpResponse<byte[]>> running = rig.client().sendAsync(
                    rig.request("/api/chat", CHAT), BodyHandlers.ofByteArray());
            Await.until(() -> "not running", () -> ollama.requests().size() == 2);
            assertEquals(200, rig.call("/api/chat", load).statusCode());
            HttpRequest waits = HttpRequest.newBuilder(rig.request("/api/chat", larger), (name, value) -> true)
                    .timeout(Duration.ofMillis(300)).build();
            assertThrows(HttpTimeoutException.class, () -> rig.client().send(waits, BodyHandlers.ofByteArray()));
            assertEquals(3, ollama.requests().size());
            // a host that lists others says at once that it lacks this one
            ollama.on("nix", FakeOllamaAnswer.missing("nix"));
            assertEquals(404, rig.call("/api/chat", load.replace("fake", "nix")).statusCode());
            gate.release();
            assertEquals(200, running.join().statusCode());
            assertEquals(200, rig.call("/api/chat", larger).statusCode());
        }
    }

    private static void awaitLists(RelayRig rig) {
        Await.until(() -> "not listed", () -> rig.hosts.backends().stream().allMatch(host ->
                host.installed() != null));
    }

    @Test
    void loadAndUnload_onANamedHost_goToNoOther() throws Exception {
        String load = "{\"model\":\"fake\"}";
        try (FakeOllama one = FakeOllama.start(); FakeOllama other = FakeOllama.start();
                RelayRig rig = new RelayRig(one.url(), other.url())) {
            awaitLists(rig);
            String on = rig.hosts.backends().get(1).name();
            for (String body : List.of(load, load.replace("}", ",\"keep_alive\":0}"), load.replace("fake", "new"))) {
                assertEquals(200, rig.call("/api/chat", body, "X-Queue-On", on).statusCode());
            }
            assertEquals("0 3", one.requests().size() + " " + other.requests().size());
            refused(400, "{\"error\":\"on: no host is named \\\"x\\\"", rig.call("/q/on=x/api/chat", load));
        }
    }

    @Test
    void load_thatWaits_getsSignsOfLife_andAPlaceBeforeTheNextTask() throws Exception {
        Semaphore gate = new Semaphore(0);
        Settings signs = Settings.DEFAULT.with(RelayOptions.HEARTBEAT, Duration.ofMillis(50));
        String load = "{\"model\":\"fake\",\"options\":{\"num_ctx\":4096}}";
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(signs, ollama.url())) {
            rig.dispatcher.reconfigure(new DispatchOptions(1, Duration.ofMinutes(1), Duration.ofMinutes(1),
                    RoutingOptions.DEFAULT));
            Await.until(() -> "not listed", () -> rig.hosts.backends().getFirst().installed() != null);
            ollama.otherwise((request, reply) -> {
                gate.acquire();
                reply.whole(200, "{\"done\":true}");
            });
            List<CompletableFuture<HttpResponse<byte[]>>> calls = new ArrayList<>();
            calls.add(send(rig, CHAT));
            Await.until(() -> "not running", () -> ollama.requests().size() == 1);
            calls.add(send(rig, CHAT));
            Await.until(() -> "not waiting", () -> rig.tasks().size() == 2);
            Wire loading = rig.wire().lines("POST /api/generate HTTP/1.1", "Host: localhost", "Connection: close",
                    "Content-Length: " + load.length(), "").raw(load);
            assertEquals("HTTP/1.1 200 OK", loading.line());
            gate.release();
            Await.until(() -> "no load", () -> ollama.requests().size() == 2);
            assertTrue(ollama.requests().get(1).body().contains("num_ctx"), ollama.requests().get(1).body());
            gate.release(2);
            String rest = loading.rest();
            assertTrue(rest.contains("\r\n \r\n") && rest.contains("{\"done\":true}"), rest);
            calls.forEach(call -> assertEquals(200, call.join().statusCode()));
        }
    }

    /// Sends a call that has the only place until the gate opens.
    private static CompletableFuture<HttpResponse<byte[]>> sendToTheOnlyPlace(RelayRig rig, FakeOllama ollama,
            Semaphore gate) {
        rig.dispatcher.reconfigure(new DispatchOptions(1, Duration.ofMinutes(1), Duration.ofMinutes(1),
                RoutingOptions.DEFAULT));
        Await.until(() -> "not listed", () -> rig.hosts.backends().getFirst().installed() != null);
        ollama.otherwise((request, reply) -> {
            gate.acquire();
            reply.whole(200, "{\"done\":true}");
        });
        CompletableFuture<HttpResponse<byte[]>> running = send(rig, CHAT);
        Await.until(() -> "not running", () -> ollama.requests().size() == 1);
        return running;
    }

    @Test
    void load_thatWaitsForTooLong_isTold() throws Exception {
        Semaphore gate = new Semaphore(0);
        Settings brief = Settings.DEFAULT.with(RelayOptions.MAX_WAIT, Duration.ofMillis(100));
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            CompletableFuture<HttpResponse<byte[]>> running = sendToTheOnlyPlace(rig, ollama, gate);
            // not before: it would hold for the first call too
            rig.relay.reconfigure(RelayOptions.of(brief));
            HttpResponse<byte[]> told = rig.call("/api/chat", "{\"model\":\"fake\",\"options\":{\"num_ctx\":1}}");
            refused(503, "{\"error\":\"no host had a free place for it within 100 ms (relay.max_wait)", told);
            assertTrue(told.headers().firstValue("Retry-After").isPresent());
            gate.release();
            assertEquals(200, running.join().statusCode());
        }
    }

    @Test
    void load_whileItsHostIsAwayOrBusy_waits_asTasksDo() throws Exception {
        RoutingOptions usual = RoutingOptions.DEFAULT;
        DispatchOptions quick = new DispatchOptions(4, Duration.ofMinutes(1), Duration.ofMinutes(1), new RoutingOptions(
                Duration.ofMillis(50), usual.localFirst(), usual.fallbackToLocal(), usual.localQueueMax()));
        String load = "{\"model\":\"fake\"}";
        FakeOllama first = FakeOllama.start();
        int port = URI.create(first.url()).getPort();
        try (RelayRig rig = new RelayRig(Settings.DEFAULT, quick, Duration.ofMinutes(1), first.url())) {
            Await.until(() -> "not listed", () -> rig.hosts.backends().getFirst().installed() != null);
            first.close();
            // connections are refused, before the server knows that it is away and afterwards
            CompletableFuture<HttpResponse<byte[]>> early = send(rig, load);
            Await.until(() -> "still up", () -> rig.hosts.accesses().stream().noneMatch(HostAccess::isUp));
            CompletableFuture<HttpResponse<byte[]>> late = send(rig, load);
            refused(503, "{\"error\":\"no host that has the model 'fake' can be reached",
                    rig.call("/api/chat", load.replace("}", ",\"keep_alive\":0}")));
            try (FakeOllama again = FakeOllama.start(port)) {
                again.next(FakeOllamaAnswer.busy());
                assertEquals(200, early.join().statusCode());
                assertEquals(200, late.join().statusCode());
                assertEquals(3, again.requests().size());
            }
        }
    }

    @Test
    void unload_whoseFirstHostHasGone_reachesTheOthers() throws Exception {
        String unload = "{\"model\":\"fake\",\"keep_alive\":0}";
        try (FakeOllama one = FakeOllama.start(); FakeOllama other = FakeOllama.start();
                RelayRig rig = new RelayRig(one.url(), other.url())) {
            awaitLists(rig);
            one.otherwise((request, reply) -> reply.breakOff());
            refused(502, "{\"error\":\"", rig.call("/api/chat", unload));
            assertEquals(unload, other.takeRequest().body());
        }
    }

    @Test
    void load_whoseCallerLeavesWhileItWaits_isNoErrorOfTheServers() throws Exception {
        Semaphore gate = new Semaphore(0);
        String load = "{\"model\":\"fake\",\"options\":{\"num_ctx\":1}}";
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            CompletableFuture<HttpResponse<byte[]>> running = sendToTheOnlyPlace(rig, ollama, gate);
            try (Wire loading = rig.wire().lines("POST /api/chat HTTP/1.1", "Host: localhost",
                    "Content-Length: " + load.length(), "").raw(load).leave()) {
                Wire.Reply told = loading.reply(true);
                assertEquals(499, told.status(), told.body());
            }
            gate.release();
            assertEquals(200, running.join().statusCode());
            assertEquals(1, ollama.requests().size());
        }
    }

    @Test
    void load_thatFailsAfterSignsOfLife_endsWithTheHostsWords() throws Exception {
        Semaphore gate = new Semaphore(0);
        Settings signs = Settings.DEFAULT.with(RelayOptions.HEARTBEAT, Duration.ofMillis(50));
        String load = "{\"model\":\"fake\"}";
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(signs, ollama.url())) {
            ollama.otherwise((request, reply) -> {
                gate.acquire();
                reply.whole(500, "{\"error\":\"no memory\"}");
            });
            Wire loading = rig.wire().lines("POST /api/chat HTTP/1.1", "Host: localhost", "Connection: close",
                    "Content-Length: " + load.length(), "").raw(load);
            assertEquals("HTTP/1.1 200 OK", loading.line());
            gate.release();
            String rest = loading.rest();
            assertTrue(rest.contains("\"error\":\"") && rest.contains("no memory"), rest);
            assertFalse(rest.endsWith("\r\n0\r\n\r\n"), rest);
        }
    }

    private static CompletableFuture<HttpResponse<byte[]>> send(RelayRig rig, String body) {
        return rig.client().sendAsync(rig.request("/api/chat", body), BodyHandlers.ofByteArray());
    }

    private static void refused(int status, String begin, HttpResponse<byte[]> answer) {
        assertEquals(status, answer.statusCode());
        assertTrue(text(answer).startsWith(begin), text(answer));
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
