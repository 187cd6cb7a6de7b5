package server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.sun.net.httpserver.HttpServer;

import server.AllSettings;
import server.access.Guard;
import server.access.Scope;
import server.access.TestTokens;
import server.access.Tokens;
import server.http.Answer.Whole;
import server.http.Bodies.Body;
import server.http.Wire.Reply;
import server.settings.CommandLine;
import server.settings.Loader;
import server.settings.Settings;
import shared.Problem;
import shared.json.JsonWriter;

/// What is different for the paths of Ollama and its like: origins, tokens, types of bodies, errors, `/q/…`.
final class BoundaryRelayedTest {

    private final SlowRequests slow = new SlowRequests(Duration.ofMinutes(2), System::nanoTime);
    private static final int LIMIT = 1_000;
    private static final String PAGE = "Origin: http://localhost:3000";

    private final AtomicBoolean stopping = new AtomicBoolean();
    private HttpServer server;
    private Wire wire;

    @BeforeEach
    void start() throws IOException {
        WebServer.prepare(Settings.DEFAULT);
        serve(Settings.DEFAULT);
    }

    private void serve(Settings settings) throws IOException {
        Function<Problem, Whole> errors = problem -> Answer.json(problem.status(),
                new JsonWriter().beginObject().name("oops").string(problem.getMessage()).endObject(), "X-Form", "its");
        Routes routes = new Routes()
                .add("GET", "/own", Scope.READ, "", request -> Answer.text("own"))
                .addRelayed("GET", "/", Scope.OPEN, "", errors, request -> text(request, "root"))
                .addRelayed("GET", "/v1/models/{id}", Scope.READ, "", errors, request -> text(request, request.id()))
                .addRelayed("GET", "/v1/{id*}", Scope.READ, "", errors, request -> {
                    throw Problem.notFound("nothing is at this path");
                })
                .addRelayed("POST", "/v1/fault", Scope.READ, "", errors, request -> {
                    throw new IllegalStateException("expected by the test");
                })
                .addRelayed("POST", "/v1/chat", Scope.READ, "", errors, request -> {
                    Body body = request.body(LIMIT, "a call");
                    return text(request, new String(body.bytes(), 0, body.length(), StandardCharsets.UTF_8));
                });
        Guard guard = new Guard("localhost", InetAddress.getLoopbackAddress(), settings, TestTokens.none(),
                () -> "box.example.net");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", new Boundary(guard, routes, new Bodies(300_000, 200), slow,
                new Traffic(), stopping::get));
        server.start();
        wire = new Wire(server.getAddress());
    }

    private static Answer text(WebRequest request, String text) {
        return Answer.text(request.path() + " " + request.rawQuery() + " " + request.hints() + " " + text);
    }

    private void restart(Settings settings) throws IOException {
        stop();
        serve(settings);
    }

    @AfterEach
    void stop() throws IOException {
        wire.close();
        server.stop(0);
    }

    // ---- pages of other origins

    @Test
    void origin_thatOllamaAllows_readsAnswersAndErrors() throws IOException {
        Reply reply = wire.ask("GET", "/v1/models/a", PAGE, "Sec-Fetch-Site: cross-site");
        assertEquals(200, reply.status());
        assertEquals("http://localhost:3000", reply.headers().get("access-control-allow-origin"));
        assertEquals("Origin", reply.headers().get("vary"));
        assertTrue(reply.headers().get("access-control-expose-headers").contains("X-Queue-Task"));
        Reply wrong = wire.ask("PUT", "/v1/models/a", PAGE);
        assertEquals(405, wrong.status());
        assertEquals("http://localhost:3000", wrong.headers().get("access-control-allow-origin"));
    }

    @Test
    void origin_thatOllamaAllows_isRefusedOnOwnPaths() throws IOException {
        assertEquals(403, wire.ask("GET", "/own", PAGE).status());
        assertEquals(403, wire.ask("OPTIONS", "/own", PAGE).status());
        assertEquals(403, wire.ask("GET", "/nothing", PAGE).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.org", "chrome-extension://abcdefgh", "null", "http://localhost.evil.com"})
    void origin_foreign_is403InTheFormOfTheApi(String origin) throws IOException {
        for (String method : List.of("GET", "OPTIONS")) {
            Reply reply = wire.ask(method, "/v1/models/a", "Origin: " + origin);
            assertEquals(403, reply.status());
            assertEquals("its", reply.headers().get("x-form"));
            assertNull(reply.headers().get("access-control-allow-origin"));
        }
        assertEquals(403, wire.ask("GET", "/v1/models/a", "Sec-Fetch-Site: cross-site").status());
    }

    @Test
    void preflight_isAnsweredBeforeTheTokenIsAskedFor() throws IOException {
        restart(Settings.DEFAULT.with(Tokens.TOKEN, "secret"));
        Reply reply = wire.ask("OPTIONS", "/v1/chat", PAGE, "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: content-type,x-stainless-lang");
        assertEquals(204, reply.status());
        assertEquals("http://localhost:3000", reply.headers().get("access-control-allow-origin"));
        assertTrue(reply.headers().get("access-control-allow-headers").contains("X-Queue-Priority"));
        assertEquals("POST, OPTIONS", reply.headers().get("allow"));
        assertEquals(401, wire.ask("OPTIONS", "/v1/chat").status());
        assertEquals(401, wire.ask("OPTIONS", "/nothing").status());
        assertEquals(401, wire.ask("GET", "/v1/models/a", PAGE).status());
    }

    @Test
    void settings_allowOriginsOnAllPathsOrOnOllamas() throws IOException {
        restart(new Loader(AllSettings.TABLE, CommandLine.parse(AllSettings.TABLE, List.of()), Map.of(
                "OLLAMA_ORIGINS", "'chrome-extension://*'",
                "OLLAMA_QUEUE_SERVER_ALLOWED_ORIGINS", "https://*.example.org"), new ArrayList<>()).settings());
        Reply own = wire.ask("GET", "/own", "Origin: https://chat.example.org");
        assertEquals(200, own.status());
        assertEquals("https://chat.example.org", own.headers().get("access-control-allow-origin"));
        assertEquals(204, wire.ask("OPTIONS", "/own", "Origin: https://chat.example.org").status());
        assertEquals(200, wire.ask("GET", "/v1/models/a", "Origin: https://chat.example.org").status());
        assertEquals(200, wire.ask("GET", "/v1/models/a", "Origin: chrome-extension://abc").status());
        assertEquals(403, wire.ask("GET", "/own", "Origin: chrome-extension://abc").status());
        assertEquals(403, wire.ask("GET", "/own", "Origin: https://example.com").status());
    }

    // ---- tokens, bodies, errors

    @Test
    void token_mayBeAnApiKey() throws IOException {
        restart(Settings.DEFAULT.with(Tokens.TOKEN, "secret"));
        assertEquals(200, wire.ask("GET", "/v1/models/a", "x-api-key: secret").status());
        assertEquals(200, wire.ask("GET", "/v1/models/a", "Authorization: Bearer secret").status());
        assertEquals(401, wire.ask("GET", "/own", "x-api-key: secret").status());
        Reply reply = wire.ask("GET", "/v1/models/a");
        assertEquals(401, reply.status());
        assertEquals("its", reply.headers().get("x-form"));
        assertEquals(200, wire.ask("GET", "/").status());
    }

    @Test
    void token_besideAnotherText_isFoundInEitherHeader() throws IOException {
        restart(Settings.DEFAULT.with(Tokens.TOKEN, "secret"));
        assertEquals(200, wire.ask("GET", "/v1/models/a", "Authorization: Bearer any", "x-api-key: secret").status());
        assertEquals(200, wire.ask("GET", "/v1/models/a", "Authorization: Bearer secret", "x-api-key: any").status());
        assertEquals(200, wire.ask("GET", "/v1/models/a", "Authorization: Basic any", "x-api-key: secret").status());
        assertEquals(401, wire.ask("GET", "/v1/models/a", "Authorization: Bearer any", "x-api-key: any").status());
        assertEquals(401, wire.ask("GET", "/own", "Authorization: Bearer any", "x-api-key: secret").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-www-form-urlencoded", "text/plain; charset=latin1", "application/json", "?"})
    void body_ofAnyType_isTaken(String type) throws IOException {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        assertEquals("/v1/chat null null {}", wire.post("/v1/chat", type, body).body());
    }

    @Test
    void error_anyKind_hasTheFormOfTheApi() throws IOException {
        String[] empty = {"Content-Length: 0"};
        error(400, wire.ask("POST", "/v1/chat", empty));
        error(405, wire.ask("GET", "/v1/chat"));
        error(500, wire.ask("POST", "/v1/fault", empty));
        wire.send("POST", "/v1/chat", "Content-Encoding: zstd", "Content-Length: 2");
        wire.raw("{}");
        error(415, wire.reply(true));
        error(413, wire.post("/v1/chat", "a/b", new byte[LIMIT + 1]));
        stopping.set(true);
        error(503, wire.ask("POST", "/v1/chat", empty));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/models/%ff", "/q/x/v1/models/a%00", "/v1/%c3%28/", "/v1/models/%e9/x"})
    void path_badlyEncoded_isA400InTheFormOfTheApi(String path) throws IOException {
        error(400, wire.ask("GET", path));
        error(400, wire.ask("PUT", path));
        restart(Settings.DEFAULT.with(Tokens.TOKEN, "secret"));
        error(401, wire.ask("GET", path));
        error(400, wire.ask("GET", path, "x-api-key: secret"));
    }

    private static void error(int status, Reply reply) {
        assertEquals(status, reply.status());
        assertEquals("its", reply.headers().get("x-form"));
        assertTrue(reply.body().startsWith("{\"oops\":"), reply.body());
    }

    // ---- the caller's hints

    @ParameterizedTest
    @CsvSource({"/v1/models/a?x=%zz&y,/v1/models/a x=%zz&y null a", "/q/client=a%20b/v1/models/a%2fb,"
            + "/v1/models/a%2fb null client=a%20b a/b", "/q/x/v1/models/a/?b,/v1/models/a/ b x a",
            "/q/x/,/ null x root", "/q/x,/ null x root", "/q//,/ null  root", "/,/ null null root"})
    void hints_areTakenOffThePath(String path, String answer) throws IOException {
        // the JDK's own parser refuses %zz
        String sent = path.replace("%zz", "%2a");
        assertEquals(answer.replace("%zz", "%2a"), wire.ask("GET", sent).body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/q/x/own", "/q/x/q/y/v1/models/a", "/q/x/nothing", "/q/x//v1/models/a",
            "/q%2fx/v1/models/a", "/Q/x/v1/models/a"})
    void hints_beforeAnotherPath_areNothing(String path) throws IOException {
        assertEquals(404, wire.ask("GET", path).status());
    }
}
