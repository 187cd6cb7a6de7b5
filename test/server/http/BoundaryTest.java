package server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.sun.net.httpserver.HttpServer;

import server.access.Guard;
import server.access.Scope;
import server.access.TestTokens;
import server.http.Wire.Reply;
import server.journal.JournalFailure;
import server.settings.Settings;
import shared.Problem;
import shared.json.Json;
import shared.json.JsonReader;
import support.Await;

/// What holds for every request, whatever its route: with a table of routes made for the purpose.
final class BoundaryTest {

    private final SlowRequests slow = new SlowRequests(Duration.ofMinutes(2), System::nanoTime);
    private static final int LIMIT = 100_000;

    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Bodies bodies = new Bodies(300_000, 200, Duration.ofMillis(100));
    private final CountDownLatch ended = new CountDownLatch(1);
    private HttpServer server;
    private ExecutorService handlers;
    private Wire wire;

    @BeforeEach
    void start() throws IOException {
        WebServer.prepare(Settings.DEFAULT);
        Routes routes = new Routes()
                .add("GET", "/plain", Scope.READ, "", request -> Answer.text("plain"))
                .add("GET", "/items/{id}", Scope.READ, "", request -> Answer.text("item " + request.id()),
                        "wait", "full")
                .add("DELETE", "/items/{id}", Scope.READ, "", request -> Answer.empty(204))
                .add("GET", "/items/special", Scope.READ, "", request -> Answer.text("special"))
                .add("POST", "/echo", Scope.READ, "", request -> {
                    JsonReader json = request.json(LIMIT, "an echo");
                    json.skip();
                    json.end();
                    return new Answer.Whole(200, Answer.JSON, request.body().bytes(), request.body().length());
                })
                .add("POST", "/ending", Scope.READ, "", request -> {
                    request.json(LIMIT, "an end");
                    request.atEnd(ended::countDown);
                    request.atEnd(() -> {
                        throw new IllegalStateException("expected by the test");
                    });
                    return Answer.text("ends");
                })
                .add("GET", "/stream", Scope.READ, "", request -> new Answer.Streamed(Answer.NDJSON, out -> {
                    out.write("1\n".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                    out.write("2\n".getBytes(StandardCharsets.UTF_8));
                }))
                .add("GET", "/cut", Scope.READ, "", request -> new Answer.Streamed(Answer.NDJSON, out -> {
                    out.write("1\n".getBytes(StandardCharsets.UTF_8));
                    throw new IllegalStateException("expected by the test");
                }))
                .add("GET", "/fault", Scope.READ, "", request -> {
                    throw new IllegalStateException("a secret of the server");
                })
                .add("GET", "/overflow", Scope.READ, "", request -> {
                    throw new StackOverflowError();
                })
                .add("GET", "/open", Scope.OPEN, "", request -> Answer.text("open"))
                .add("GET", "/journal", Scope.READ, "", request -> {
                    throw new JournalFailure("the disk is broken", new IOException());
                })
                .add("GET", "/large", Scope.READ, "", request -> {
                    request.hold(290_000);
                    return new Answer.Whole(200, Answer.TEXT, new byte[8 << 20], 8 << 20);
                })
                .add("GET", "/held", Scope.READ, "", request -> {
                    request.hold(20_000);
                    return Answer.text("held");
                })
                .add("GET", "/busy", Scope.READ, "", request -> {
                    throw new Problem(429, "too many");
                });
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Guard guard = new Guard("localhost", InetAddress.getLoopbackAddress(),
                Settings.DEFAULT.with(Guard.ALLOWED_HOSTS, List.of("queue.example.org")), TestTokens.none(),
                () -> "box.example.net");
        server.createContext("/", new Boundary(guard, routes, bodies, slow, new Traffic(), stopping::get));
        handlers = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(handlers);
        server.start();
        wire = new Wire(server.getAddress());
    }

    @AfterEach
    void stop() throws IOException {
        wire.close();
        server.stop(0);
        handlers.shutdownNow();
    }

    // ---- the request's id

    @Test
    void requestId_thatIsGiven_isAnswered_otherwiseOneIsMade() throws IOException {
        assertEquals("my-id", wire.ask("GET", "/plain", "X-Request-Id: my-id").headers().get("x-request-id"));
        assertEquals("my-id", wire.ask("GET", "/none", "X-Request-Id: my-id").headers().get("x-request-id"));
        String made = wire.ask("GET", "/plain").headers().get("x-request-id");
        assertTrue(made.matches("req_[0-9a-f]{16}"), made);
        assertFalse(made.equals(wire.ask("GET", "/plain").headers().get("x-request-id")));
        for (String unfit : List.of("a b", "x".repeat(129), "\u009b")) {
            String instead = wire.ask("GET", "/plain", "X-Request-Id: " + unfit).headers().get("x-request-id");
            assertTrue(instead.matches("req_[0-9a-f]{16}"), instead);
        }
    }

    @Test
    void end_ofAnActionThatThrows_keepsUpNoOther() throws Exception {
        wire.send("POST", "/ending", "Content-Type: application/json", "Content-Length: 2");
        wire.raw("{}");
        assertTrue(ended.await(60, TimeUnit.SECONDS));
        Await.until("the body's room is free", () -> bodies.used() == 0);
    }

    // ---- paths

    @ParameterizedTest
    @CsvSource({"/plain,plain", "/plain/,plain", "/pl%61in,plain", "/items/7,item 7", "/items/7/,item 7",
            "/items/special,special", "/items/sp%65cial,special", "/items/a%2fb,item a/b", "/items/%C3%A4,item ä",
            "/items/a+b,item a+b", "/items/..,item ..", "/items/%7Bid%7D,item {id}", "/items/7?wait=1s,item 7",
            "/items/7?,item 7", "/items/7?&,item 7"})
    void path_known_reachesItsRoute(String path, String expected) throws IOException {
        Reply reply = wire.ask("GET", path);
        assertEquals(200, reply.status());
        assertEquals(expected, reply.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/nothing", "/items", "/items/", "/items//", "/plain//", "/items/7/more",
            "/items/../plain", "/PLAIN", "/pl%2561in", "/%2fplain"})
    void path_unknown_is404(String path) throws IOException {
        Reply reply = wire.ask("GET", path);
        assertEquals(404, reply.status());
        error(reply);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/items/%00", "/items/%0a", "/items/%ff", "/items/%c0%af", "/items/%ed%a0%80"})
    void path_badEncoding_is400(String path) throws IOException {
        Reply reply = wire.ask("GET", path);
        assertEquals(400, reply.status());
        error(reply);
    }

    @ParameterizedTest
    @CsvSource({"/items/7?wiat=1s,did you mean wait?", "/plain?x=1,unknown query parameter",
            "/items/7?%ff=1,not UTF-8", "/items/7?wait=%00,control character"})
    void query_unknownOrBad_is400(String path, String message) throws IOException {
        Reply reply = wire.ask("GET", path);
        assertEquals(400, reply.status());
        assertTrue(error(reply).contains(message), reply.body());
    }

    // ---- methods

    @Test
    void head_likeGet_withoutBody() throws IOException {
        Reply reply = wire.ask("HEAD", "/plain");
        assertEquals(200, reply.status());
        assertEquals("5", reply.headers().get("content-length"));
        assertEquals(Answer.TEXT, reply.headers().get("content-type"));
        assertEquals(200, wire.ask("HEAD", "/stream").status());
        assertEquals(404, wire.ask("HEAD", "/nothing").status());
        assertEquals("plain", wire.ask("GET", "/plain").body());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"POST|/plain|GET, HEAD, OPTIONS", "PUT|/items/7|GET, DELETE, HEAD, OPTIONS",
            "GET|/echo|POST, OPTIONS", "HEAD|/echo|POST, OPTIONS", "BREW|/plain|GET, HEAD, OPTIONS",
            "get|/plain|GET, HEAD, OPTIONS"})
    void method_unknown_is405WithAllow(String method, String path, String allow) throws IOException {
        Reply reply = wire.ask(method, path);
        assertEquals(405, reply.status());
        assertEquals(allow, reply.headers().get("allow"));
    }

    @Test
    void options_anyPath_tellsWhatIsAllowed() throws IOException {
        Reply reply = wire.ask("OPTIONS", "/items/7");
        assertEquals(204, reply.status());
        assertEquals("GET, DELETE, HEAD, OPTIONS", reply.headers().get("allow"));
        assertNull(reply.headers().get("access-control-allow-origin"));
    }

    // ---- bodies

    @Test
    void body_json_isReadWhole() throws IOException {
        assertEquals("{\"a\":1}", wire.post("/echo", "{\"a\":1}").body());
        wire.send("POST", "/echo", "Content-Type: application/json", "Transfer-Encoding: chunked");
        wire.raw("3\r\n[1,\r\n4;x=y\r\n2,3]\r\n0\r\n\r\n");
        assertEquals("[1,2,3]", wire.reply(true).body());
    }

    @Test
    void body_withTrailerFields_isTaken() throws IOException {
        wire.send("POST", "/echo", "Content-Type: application/json", "Transfer-Encoding: chunked", "Trailer: X-Sum");
        wire.raw("7\r\n[1,2,3]\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n");
        Reply reply = wire.reply(true);
        assertEquals(200, reply.status(), reply.body());
        assertEquals("[1,2,3]", reply.body());
        assertTrue(wire.closed());
    }

    @Test
    void body_inChunks_isTheLastOfItsConnection() throws IOException {
        // jdk.httpserver takes 2^32 + 2 for 2. Should this fail with another JDK, it may read chunk sizes right by now:
        // then WebRequest.last need not name Transfer-Encoding any more
        wire.send("POST", "/echo", "Content-Type: application/json", "Transfer-Encoding: chunked");
        wire.raw("100000002\r\n{}\r\n0\r\n\r\nGET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Reply reply = wire.reply(true);
        assertEquals("{}", reply.body());
        assertEquals("close", reply.headers().get("connection"));
        assertTrue(wire.closed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Via: 1.1 proxy", "Forwarded: for=10.0.0.1", "X-Forwarded-For: 10.0.0.1",
            "X-Forwarded-Proto: https"})
    void body_behindAProxy_isTheLastOfItsConnection(String header) throws IOException {
        wire.send("POST", "/echo", "Content-Type: application/json", "Content-Length: 2", header);
        wire.raw("{}");
        assertEquals("close", wire.reply(true).headers().get("connection"));
        assertTrue(wire.closed());
    }

    @Test
    void noBody_behindAProxy_keepsTheConnection() throws IOException {
        assertEquals("plain", wire.ask("GET", "/plain", "Via: 1.1 proxy", "Content-Length: 0").body());
        assertEquals("plain", wire.ask("GET", "/plain", "Via: 1.1 proxy").body());
    }

    @ParameterizedTest
    @CsvSource({"application/json,200", "Application/JSON; charset=UTF-8,200", "application/vnd.x+json,200",
            "application/json;charset=\"utf-8\",200", "application/json; charset=latin1,415", "text/plain,415",
            "application/x-www-form-urlencoded,415", "application/x-ndjson,415", "json,415"})
    void contentType_checked(String type, int status) throws IOException {
        assertEquals(status, wire.post("/echo", type, "{}".getBytes(StandardCharsets.UTF_8)).status());
    }

    @Test
    void contentType_missing_is415() throws IOException {
        wire.send("POST", "/echo", "Content-Length: 2");
        wire.raw("{}");
        assertEquals(415, wire.reply(true).status());
    }

    @Test
    void contentEncoding_is415() throws IOException {
        for (String none : List.of("Content-Encoding: identity", "Content-Encoding:", "Content-Encoding: ")) {
            wire.send("POST", "/echo", "Content-Type: application/json", "Content-Length: 2", none);
            wire.raw("{}");
            assertEquals(200, wire.reply(true).status(), none);
        }
        wire.send("POST", "/echo", "Content-Type: application/json", "Content-Length: 2", "Content-Encoding: gzip");
        wire.raw("{}");
        Reply refused = wire.reply(true);
        assertEquals(415, refused.status());
        assertTrue(refused.body().contains("without Content-Encoding, not as gzip"), refused.body());
    }

    @Test
    void jsonDepth_atTheLimitAndBeyond() throws IOException {
        String deep = "[".repeat(200) + "]".repeat(200);
        assertEquals(200, wire.post("/echo", deep).status());
        assertEquals(400, wire.post("/echo", "[" + deep + "]").status());
    }

    @Test
    void body_empty_is400() throws IOException {
        assertEquals(400, wire.ask("POST", "/echo").status());
        assertEquals(400, wire.ask("POST", "/echo", "Content-Length: 0").status());
        wire.send("POST", "/echo", "Content-Type: application/json", "Transfer-Encoding: chunked");
        wire.raw("0\r\n\r\n");
        assertEquals(400, wire.reply(true).status());
        assertTrue(wire.closed());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8191, 8192, 8193, 65_535, 65_536, 65_537, LIMIT - 1, LIMIT})
    void body_upToTheLimit_passes(int size) throws IOException {
        byte[] json = json(size);
        assertEquals(size, wire.post("/echo", "application/json", json).body().length());
        wire.send("POST", "/echo", "Content-Type: application/json", "Transfer-Encoding: chunked");
        wire.raw(Integer.toHexString(size) + "\r\n").raw(json).raw("\r\n0\r\n\r\n");
        assertEquals(size, wire.reply(true).body().length());
    }

    @ParameterizedTest
    @ValueSource(ints = {LIMIT + 1, LIMIT * 10})
    void body_beyondTheLimit_is413AndTheClientSeesIt(int size) throws IOException {
        Reply reply = wire.post("/echo", "application/json", json(size));
        assertEquals(413, reply.status());
        assertEquals("close", reply.headers().get("connection"));
        assertTrue(error(reply).contains("100000"), reply.body());
        assertTrue(wire.closed());
        try (Wire other = new Wire(server.getAddress())) {
            other.send("POST", "/echo", "Content-Type: application/json", "Transfer-Encoding: chunked");
            other.raw(Integer.toHexString(size) + "\r\n").raw(json(size)).raw("\r\n0\r\n\r\n");
            assertEquals(413, other.reply(true).status());
        }
    }

    @Test
    void body_largeToAPathThatReadsNone_clientSeesTheAnswer() throws IOException {
        assertEquals(404, wire.post("/nothing", "application/json", json(20_000_000)).status());
        try (Wire other = new Wire(server.getAddress())) {
            assertEquals(415, other.post("/echo", "text/plain", json(20_000_000)).status());
        }
    }

    @Test
    void bodies_togetherBeyondTheirLimit_are503UntilOneEnds() throws IOException {
        Bodies.Body held = bodies.read(new java.io.ByteArrayInputStream(new byte[250_000]), 250_000, 300_000, "it");
        Reply reply = wire.post("/echo", "application/json", json(90_000));
        assertEquals(503, reply.status());
        assertEquals("5", reply.headers().get("retry-after"));
        bodies.release(held);
        for (int i = 0; i < 20; i++) {
            try (Wire other = new Wire(server.getAddress())) {
                assertEquals(200, other.post("/echo", "application/json", json(90_000)).status());
            }
            // it is returned after the answer
            Await.until("its room is free", () -> bodies.used() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffffffff\r\n{}\r\n0\r\n\r\n", "xyz\r\n{}\r\n0\r\n\r\n", "-1\r\n{}\r\n0\r\n\r\n",
            "7fffffff\r\n{}\r\n"})
    void body_badChunks_is400OrClosed(String chunks) throws IOException {
        wire.send("POST", "/echo", "Content-Type: application/json", "Transfer-Encoding: chunked");
        wire.raw(chunks);
        if (chunks.startsWith("7")) {
            wire.raw(json(200_000));
            assertEquals(413, wire.reply(true).status());
        } else {
            assertEquals(400, wire.reply(true).status());
        }
        // all room was given back
        bodies.release(bodies.read(new java.io.ByteArrayInputStream(new byte[300_000]), 300_000, 300_000, "it"));
    }

    @Test
    void body_shorterThanAnnounced_leavesTheServerWell() throws IOException {
        wire.send("POST", "/echo", "Content-Type: application/json", "Content-Length: 1000");
        wire.raw("{}");
        wire.close();
        try (Wire other = new Wire(server.getAddress())) {
            assertEquals(200, other.post("/echo", "[]").status());
        }
    }

    @Test
    void contentLength_notDigits_is400() throws IOException {
        wire.send("POST", "/echo", "Content-Type: application/json", "Content-Length: +2");
        wire.raw("{}");
        assertEquals(400, wire.reply(true).status());
    }

    // ---- errors

    @Test
    void fault_ofTheServer_is500AndTellsNothing() throws IOException {
        for (String path : new String[] {"/fault", "/overflow"}) {
            Reply reply = wire.ask("GET", path);
            assertEquals(500, reply.status());
            assertEquals("internal error; the server's log has more", error(reply));
        }
        assertEquals("plain", wire.ask("GET", "/plain").body());
    }

    @Test
    void failure_ofTheJournal_is503() throws IOException {
        Reply reply = wire.ask("GET", "/journal");
        assertEquals(503, reply.status());
        assertEquals("5", reply.headers().get("retry-after"));
    }

    @Test
    void problem_429_saysWhenToComeAgain() throws IOException {
        Reply reply = wire.ask("GET", "/busy");
        assertEquals(429, reply.status());
        assertEquals("5", reply.headers().get("retry-after"));
        assertEquals("too many", error(reply));
    }

    @Test
    void badJson_is400WithItsPlace() throws IOException {
        Reply reply = wire.post("/echo", "{\"a\":\n  [1,]}");
        assertEquals(400, reply.status());
        assertTrue(error(reply).contains("line 2"), reply.body());
    }

    @Test
    void stream_fault_cutsTheConnection() throws IOException {
        assertEquals("1\n2\n", wire.ask("GET", "/stream").body());
        wire.send("GET", "/cut");
        boolean whole = true;
        try {
            wire.reply(true);
        } catch (IOException | NumberFormatException cut) {
            whole = false;
        }
        assertFalse(whole);
    }

    @Test
    void stream_toHttp10_endsWithTheConnection() throws IOException {
        wire.lines("GET /stream HTTP/1.0", "");
        assertEquals("1\n2\n", wire.reply(true).body());
    }

    @Test
    void stopping_changesAre503_readsGoOn() throws IOException {
        stopping.set(true);
        assertEquals(503, wire.ask("DELETE", "/items/7").status());
        assertEquals(200, wire.ask("GET", "/items/7").status());
        assertEquals(200, wire.ask("HEAD", "/items/7").status());
    }

    private static String error(Reply reply) {
        assertEquals(Answer.JSON, reply.headers().get("content-type"));
        return ((Json.Obj) Json.parse(reply.body())).text("error");
    }

    /// A JSON text of exactly this length.
    private static byte[] json(int size) {
        return "1".repeat(size).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void answer_thatItsClientDoesNotTake_endsWhenItsRoomIsNeeded() throws IOException {
        try (Wire deaf = new Wire(server.getAddress())) {
            deaf.send("GET", "/large");
            assertEquals("HTTP/1.1 200 OK", deaf.line());
            assertEquals(503, wire.ask("GET", "/held").status());
            Await.until("there is room", () -> held() == 200);
        }
    }

    private int held() {
        try {
            return wire.ask("GET", "/held").status();
        } catch (IOException lost) {
            throw new UncheckedIOException(lost);
        }
    }
}
