package server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.sun.net.httpserver.HttpServer;

import server.access.Guard;
import server.access.Scope;
import server.access.TestTokens;
import server.http.Answer.Whole;
import server.http.Wire.Reply;
import server.settings.Settings;
import shared.Problem;
import shared.json.JsonWriter;
import support.Await;

/// Hardly anything here waits for the time: it is set, and looked at.
final class SlowRequestsTest {

    private static final Duration TIME = Duration.ofMinutes(2);

    private final Thread test = Thread.currentThread();
    private final AtomicLong now = new AtomicLong(1);
    /// When a request last looked at the clock: its time limits begin then, which may be long after it was sent.
    private final AtomicLong seen = new AtomicLong(1);
    private final SlowRequests slow = new SlowRequests(TIME, this::clock);
    /// A permit for each piece of an upload that the handler has read.
    private final Semaphore pieces = new Semaphore(0);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        WebServer.prepare(Settings.DEFAULT);
        Function<Problem, Whole> errors = problem -> Answer.json(problem.status(),
                new JsonWriter().beginObject().name("oops").string(problem.getMessage()).endObject());
        Routes routes = new Routes()
                .add("POST", "/json", Scope.READ, "",
                        request -> Answer.text(Integer.toString(request.json(100, "it").skip())))
                .addRelayed("POST", "/call", Scope.READ, "", errors, request -> {
                    request.body(10_000, "it");
                    return Answer.text("called");
                })
                .add("POST", "/refuse", Scope.READ, "", request -> {
                    throw Problem.conflict("never");
                })
                .add("POST", "/upload", Scope.READ, "", request -> {
                    InputStream in = request.upload();
                    byte[] piece = new byte[100];
                    for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                        pieces.release(count);
                    }
                    return Answer.text("uploaded");
                });
        Guard guard = new Guard("localhost", InetAddress.getLoopbackAddress(), Settings.DEFAULT, TestTokens.none(),
                () -> "box");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", new Boundary(guard, routes, new Bodies(300_000, 200), slow,
                new Traffic(), () -> false));
        server.setExecutor(slow.watched(threads));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private Wire wire(String... lines) throws IOException {
        return new Wire(server.getAddress()).lines(lines);
    }

    private long clock() {
        long time = now.get();
        if (Thread.currentThread() != test) {
            seen.accumulateAndGet(time, Math::max);
        }
        return time;
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    /// Lets time pass until the answer is there, but not so much that who cannot be told is ended at once.
    ///
    /// @return null if there is none, but the connection's end
    private Reply later(Wire wire) {
        return later(wire, TIME, () -> { });
    }

    /// @param most as long after a request last looked at the clock, time stands still
    private Reply later(Wire wire, Duration most, Runnable each) {
        CompletableFuture<Reply> reply = CompletableFuture.supplyAsync(() -> {
            try {
                return wire.reply(true);
            } catch (IOException closed) {
                return null;
            }
        }, threads);
        Await.until("an answer, or the end of the connection", () -> {
            if (now.get() < seen.get() + most.toNanos()) {
                pass(Duration.ofSeconds(1));
            }
            each.run();
            slow.look();
            return reply.isDone();
        });
        return reply.join();
    }

    @Test
    void lookThatFails_isNotTheLast() {
        AtomicInteger looks = new AtomicInteger();
        try (SlowRequests some = new SlowRequests(TIME, () -> {
            // the first is the request's own
            if (looks.getAndIncrement() == 1) {
                throw new OutOfMemoryError("of the test");
            }
            return 1;
        })) {
            some.current();
            some.start();
            Await.until("others followed", () -> looks.get() > 2);
        }
    }

    @Test
    void aBodyThatStops_isA408InTheFormOfItsApi_andTheConnectionEnds() throws IOException {
        try (Wire own = wire("POST /json HTTP/1.1", "Host: localhost", "Content-Type: application/json",
                "Content-Length: 9", "", "[1,");
                Wire call = wire("POST /call HTTP/1.1", "Host: localhost", "Content-Length: 9", "", "[1,")) {
            Reply late = later(own);
            assertEquals(408, late.status());
            assertTrue(late.body().startsWith("{\"error\":"), late.body());
            assertEquals("close", late.headers().get("connection"));
            assertTrue(later(call).body().startsWith("{\"oops\":"));
            assertNull(later(own));
            assertNull(later(call));
        }
    }

    @Test
    void aBodyThatTrickles_isA408WhenItsTimeIsOver() throws IOException {
        try (Wire wire = wire("POST /call HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked", "")) {
            assertEquals(408, later(wire, TIME, () -> {
                try {
                    wire.raw("1\r\n \r\n");
                } catch (IOException closed) {
                    // then the answer is here
                }
            }).status());
        }
    }

    @Test
    void aHeadThatStops_endsTheConnection() throws IOException {
        try (Wire wire = wire("POST /call HTTP/1.1", "Host: localhost")) {
            assertNull(later(wire));
        }
    }

    @Test
    void whatIsRefused_isNotWaitedForLong() throws IOException {
        try (Wire wire = wire("POST /refuse HTTP/1.1", "Host: localhost", "Content-Length: 9", "", "[1,")) {
            assertEquals(409, wire.reply(true).status());
            assertNull(later(wire, TIME.dividedBy(10), () -> { }));
        }
    }

    @Test
    void whatIsRefusedAndArrives_leavesTheConnectionOpen() throws IOException {
        try (Wire wire = wire("POST /refuse HTTP/1.1", "Host: localhost", "Content-Length: 2", "")) {
            assertEquals(409, wire.reply(true).status());
            wire.raw("[]");
            wire.lines("POST /call HTTP/1.1", "Host: localhost", "Content-Length: 2", "").raw("[]");
            assertEquals("called", wire.reply(true).body());
        }
    }

    @Test
    void anUpload_mayTakeLongButNotBeSilentForHalfAMinute() throws Exception {
        try (Wire wire = wire("POST /upload HTTP/1.1", "Host: localhost", "Content-Length: 50", "")) {
            for (int i = 0; i < 20; i++) {
                wire.raw("x");
                pieces.acquire();
                pass(Duration.ofSeconds(29));
                slow.look();
            }
            assertEquals(408, later(wire).status());
            assertNull(later(wire));
        }
    }
}
