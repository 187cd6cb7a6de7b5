package server.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import server.access.Scope;
import server.access.TestTokens;
import server.dispatch.HostOptions;
import server.dispatch.Hosts;
import server.executor.ExecutorRegistry;
import server.executor.HostAddress;
import server.executor.Limits;
import server.http.Answer;
import server.http.Handler;
import server.http.Routes;
import server.http.WebServer;
import server.settings.Settings;
import support.Await;
import support.Exchange;
import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.FakeOllamaRequest;
import support.FaultyStorage;

final class PassedCallsTest {

    private static final Path RECORDINGS = Path.of("test/server/relay/recordings");
    private static final int BODY_MAX = 1_000;

    private volatile RelayOptions options = RelayOptions.of(Settings.DEFAULT);
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final FaultyStorage storage = new FaultyStorage();
    private FakeOllama a;
    private FakeOllama b;
    private PassedCalls passed;
    private WebServer web;

    @BeforeEach
    void start() throws IOException {
        a = FakeOllama.start();
        b = FakeOllama.start();
        open.add(a);
        open.add(b);
    }

    @AfterEach
    void stop() throws Exception {
        client.shutdownNow();
        for (AutoCloseable part : open.reversed()) {
            part.close();
        }
    }

    private void serve(HostOptions... hosts) throws IOException {
        WebServer.prepare(Settings.DEFAULT);
        Hosts all = Hosts.open(ExecutorRegistry.load(), List.of(hosts), 4, InstantSource.system());
        open.add(all);
        web = WebServer.bind(Settings.DEFAULT.with(WebServer.HOST, "127.0.0.1").with(WebServer.PORT, 0), null,
                TestTokens.none());
        open.add(web);
        passed = new PassedCalls(all, KnownVersions.open(all, storage), BODY_MAX, () -> options);
        Handler status = request -> Answer.text("the status");
        Routes routes = new Routes().add("GET", "/api/status", Scope.READ, "", status);
        passed.addTo(routes, request -> Answer.text("the page"), status);
        web.serve(routes);
    }

    private static HostOptions host(String name, FakeOllama fake) {
        return new HostOptions(new HostAddress(name, fake.url(), null, Map.of(), Map.of(), null, Limits.DEFAULT), null,
                false, 1, 0, 0, 4);
    }

    private HttpResponse<String> ask(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web.address().getPort()
                + path)).method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            return client.send(request.timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofString());
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(method + " " + path, failed);
        }
    }

    private String get(String path) {
        HttpResponse<String> response = ask("GET", path, null);
        assertEquals(200, response.statusCode(), response.body());
        return response.body();
    }

    private static void says(FakeOllama fake, String path, String json) {
        fake.info(path, (request, reply) -> reply.whole(200, json));
    }

    private static String model(String name, String modifiedAt, String more) {
        return "{\"name\":\"" + name + "\", \"modified_at\":\"" + modifiedAt + "\"" + more + "}";
    }

    // ---- lists

    @Test
    void tags_ofOneRecordedHost_areItsOwnByteForByte() throws IOException {
        Exchange recorded = Exchange.of(RECORDINGS.resolve("tags.http"));
        a.info("/api/tags", recorded.wire());
        serve(host("a", a));

        assertEquals(new String(recorded.body(), StandardCharsets.UTF_8), get("/api/tags"));
        HttpResponse<String> head = ask("HEAD", "/api/tags/", null);
        assertEquals(200, head.statusCode());
        assertEquals(recorded.body().length, head.headers().firstValueAsLong("Content-Length").orElse(-1));
    }

    @Test
    void tags_ofTwoHosts_haveEachModelOnceAndTheNewestFirst() throws IOException {
        String old = model("m:latest", "2026-01-01T00:00:00Z", ",\"digest\":\"old\"");
        String fresh = model("m:latest", "2026-01-01T00:30:00-01:00", " ,  \"x\": [1.50, \"\\u00e9\"]");
        String other = model("o:1b", "2026-03-01T00:00:00Z", "");
        says(a, "/api/tags", "{\"models\":[" + old + "]}");
        says(b, "/api/tags", "{\"more\":1,\"models\": [" + fresh + "," + other + "]}");
        serve(host("a", a), host("b", b));

        assertEquals("{\"models\":[" + other + "," + fresh + "]}", get("/api/tags"));
    }

    @Test
    void ps_ofTwoHosts_hasAnEntryForEachHostWithItsName() throws IOException {
        says(a, "/api/ps", "{\"models\":[{\"name\":\"m\",\"size_vram\":1 }]}");
        says(b, "/api/ps", "{\"models\":[{\"name\":\"m\",\"size_vram\":2}]}");
        serve(host("a", a), host("b \"x\"", b));

        assertEquals("{\"models\":[{\"name\":\"m\",\"size_vram\":1 ,\"host\":\"a\"},"
                + "{\"name\":\"m\",\"size_vram\":2,\"host\":\"b \\\"x\\\"\"}]}", get("/q/priority=low/api/ps"));
    }

    @Test
    void tags_whileAHostIsAway_areTheLastKnown() throws IOException {
        String here = model("a", "2026-01-02T00:00:00Z", "");
        String away = model("b", "2026-01-01T00:00:00Z", "");
        says(a, "/api/tags", "{\"models\":[" + here + "]}");
        says(b, "/api/tags", "{\"models\":[" + away + "]}");
        serve(host("a", a), host("b", b));
        String both = get("/api/tags");
        b.kill();
        assertEquals(both, get("/api/tags"));

        b.restart();
        says(b, "/api/tags", "{\"models\":[]}");
        assertEquals("{\"models\":[" + here + "]}", get("/api/tags"));

        // an answer that is no list, and a failure, change nothing
        says(a, "/api/tags", "<html>");
        says(b, "/api/tags", "{\"models\":[" + away + "]}");
        assertEquals("{\"models\":[" + away + "]}", get("/api/tags"));
    }

    @Test
    void tags_ofAHostThatHangs_doNotHoldUpTheOthers() throws IOException {
        says(a, "/api/tags", "{\"models\":[]}");
        b.info("/api/tags", (request, reply) -> reply.hang());
        serve(host("a", a), host("b", b));
        long began = System.nanoTime();

        assertEquals("{\"models\":[]}", get("/api/tags"));
        assertTrue(System.nanoTime() - began < Duration.ofSeconds(15).toNanos());
    }

    // ---- version, status

    @Test
    void version_ofSeveral_isTheLowestByNumberAndStaysWhileTheyAreAway() throws IOException {
        says(a, "/api/version", "{\"version\":\"0.11.4\"}");
        says(b, "/api/version", "{\"version\":\"0.9.10-rc1\"}");
        serve(host("a", a), host("b", b));
        assertEquals("{\"version\":\"0.9.10-rc1\"}", get("/api/version"));
        a.kill();
        b.kill();

        assertEquals("{\"version\":\"0.9.10-rc1\"}", get("/api/version"));
        assertEquals(200, ask("HEAD", "/api/version", null).statusCode());
    }

    @Test
    void version_ofNoHostYet_isA503() throws IOException {
        serve(host("a", a));
        a.kill();
        HttpResponse<String> response = ask("GET", "/api/version", null);
        assertEquals(503, response.statusCode());
        assertTrue(response.headers().firstValue("Retry-After").isPresent());
    }

    /// The server was restarted while they were away.
    @Test
    void version_ofHostsThatAreAway_isTheOneThatTheyReportedLast() throws IOException {
        storage.bytes(KnownVersions.FILE, "{\"a\":\"0.11.4\",\"b\":\"0.9.10\",\"gone\":\"0.1.0\"}"
                .getBytes(StandardCharsets.US_ASCII));
        serve(host("a", a), host("b", b));
        says(b, "/api/version", "{\"version\":\"0.12.0\"}");
        a.kill();
        assertEquals("{\"version\":\"0.11.4\"}", get("/api/version"));
        b.kill();
        assertEquals("{\"version\":\"0.11.4\"}", get("/api/version"));
    }

    @Test
    void version_ofEndpointsAlone_isThatOfTheApi() throws IOException {
        serve(new HostOptions(new HostAddress("far", "http://127.0.0.1:1/v1", "key", Map.of(), Map.of(), null,
                Limits.DEFAULT), "openai", true, 1, 2, 0, 2));
        assertEquals("{\"version\":\"0.33.0\"}", get("/api/version"));
    }

    @Test
    void cloud_isWhatTheFirstHostSaysOfIt() throws Exception {
        says(a, "/api/status", "{\"version\":1}");
        says(b, "/api/status", "{\"cloud\": {\"disabled\":true, \"source\":\"env\"}}");
        serve(host("a", a), host("b", b));
        // a host that does not answer in time has none
        Await.until("a host answers in time", () -> passed.cloud() != null);
        assertEquals("{\"disabled\":true, \"source\":\"env\"}", passed.cloud().text());
    }

    @Test
    void cloud_whereNoHostHasOne_isAbsent() throws IOException {
        serve(host("a", a));
        assertNull(passed.cloud());
    }

    // ---- OpenAI's lists

    @Test
    void v1Models_holdEndpointsModelsAndThoseOfTheirSettings() throws IOException {
        says(a, "/api/tags", "{\"models\":[" + model("m:latest", "2026-01-01T00:00:00Z", "") + ","
                + model("hf.co/me/x:Q4", "2025-01-01T00:00:00Z", "") + "]}");
        HostOptions far = new HostOptions(new HostAddress("far", "http://127.0.0.1:1/v1", "key", Map.of(),
                Map.of("gpt/best", "theirs", "m:latest", "m"), null, Limits.DEFAULT), "openai", true, 1, 2, 0, 2);
        serve(host("a", a), far);

        String mine = "{\"id\":\"m:latest\",\"object\":\"model\",\"created\":1767225600,\"owned_by\":\"library\"}";
        String hugging = "{\"id\":\"hf.co/me/x:Q4\",\"object\":\"model\",\"created\":1735689600,\"owned_by\":\"me\"}";
        String theirs = "{\"id\":\"gpt/best\",\"object\":\"model\",\"created\":0,\"owned_by\":\"far\"}";
        assertEquals("{\"object\":\"list\",\"data\":[" + mine + "," + hugging + "," + theirs + "]}",
                get("/v1/models"));
        assertEquals(hugging, get("/v1/models/hf.co/me/x:Q4"));
        assertEquals(hugging, get("/q/client=me/v1/models/hf.co%2Fme%2Fx%3AQ4"));
        assertEquals(mine.replace("m:latest", "m"), get("/v1/models/m"));
        assertEquals(theirs, get("/v1/models/gpt/best/"));

        HttpResponse<String> none = ask("GET", "/v1/models/no/such", null);
        assertEquals(404, none.statusCode());
        assertEquals("{\"error\":{\"message\":\"model 'no/such' not found\",\"type\":\"not_found_error\","
                + "\"param\":null,\"code\":null}}", none.body());
    }

    // ---- questions about a model

    @Test
    void show_asksTheHostsUntilOneHasTheModel() throws Exception {
        a.models("x");
        b.models("m").on("m", (request, reply) -> reply.whole(203, "{ \"modelfile\" : 1}"));
        serve(host("a", a), host("b", b));

        String body = "{\"model\":\"m\" , \"name\":\"x\"}";
        HttpResponse<String> response = ask("POST", "/api/show?verbose=1", body, "Content-Type", "text/plain");
        assertEquals(203, response.statusCode());
        assertEquals("{ \"modelfile\" : 1}", response.body());
        assertEquals("application/json; charset=utf-8", response.headers().firstValue("Content-Type").orElse(""));
        assertEquals(body, a.takeRequest().body());
        assertEquals("/api/show?verbose=1", b.takeRequest().path());
    }

    @Test
    void countTokens_takesTheCallersHeadersToTheHost_butNoCredentials() throws Exception {
        a.models("m").otherwise((request, reply) -> reply.whole(200, "{\"input_tokens\":3}"));
        serve(host("a", a));
        assertEquals("{\"input_tokens\":3}", ask("POST", "/q/client=me/v1/messages/count_tokens?beta=true",
                "{\"model\":\"m\"}", "anthropic-version", "2023-06-01", "anthropic-beta", "x", "x-api-key", "secret",
                "anthropic-auth-token", "secret").body());
        FakeOllamaRequest seen = a.takeRequest();
        assertEquals("2023-06-01 x null null application/json", seen.header("anthropic-version") + " "
                + seen.header("anthropic-beta") + " " + seen.header("x-api-key") + " "
                + seen.header("anthropic-auth-token") + " " + seen.header("content-type"));
    }

    @Test
    void show_onANamedHost_asksNoOther() throws IOException {
        a.models("x");
        b.on("m", (request, reply) -> reply.whole(200, "{}"));
        serve(host("a", a), host("b", b));
        assertEquals(404, ask("POST", "/q/on=a/api/show", "{\"model\":\"m\"}").statusCode());
        assertEquals(200, ask("POST", "/api/show", "{\"model\":\"m\"}", "X-Queue-On", "b").statusCode());
        assertEquals(400, ask("POST", "/q/on=c/api/show", "{\"model\":\"m\"}").statusCode());
    }

    @Test
    void whatIsWrongInAHint_isA400() throws IOException {
        serve(host("a", a));
        for (String path : List.of("/q/prio=low/api/tags", "/q/prio=low/api/status",
                "/q/priority=often/", "/q/on/v1/models", "/q/on=b/api/tags",
                "/q/on=b/", "/q/on=b/v1/models/m")) {
            assertEquals(400, ask("GET", path, null).statusCode(), path);
        }
        assertEquals(400, ask("GET", "/api/ps", null, "X-Queue-Priority", "often").statusCode());
        assertEquals(400, ask("GET", "/v1/models", null, "X-Queue-Prio", "low").statusCode());
        HttpResponse<String> on = ask("GET", "/api/version", null, "X-Queue-On", "b");
        assertTrue(on.statusCode() == 400 && on.body().contains("(hosts: a)"), on.body());
        assertEquals(200, ask("GET", "/q/on=a/api/tags", null).statusCode());
        assertEquals("the status", get("/q/on=a,client=me/api/status/"));
    }

    @Test
    void show_ofAnEndpointsModel_isOurs() throws IOException {
        a.models("x");
        HostOptions far = new HostOptions(new HostAddress("far", b.url() + "/v1", "key", Map.of(), Map.of("gpt", "g-1"),
                null, Limits.DEFAULT), "openai", true, 1, 4, 0, 4);
        serve(host("a", a), far);
        String said = ask("POST", "/api/show", "{\"model\":\"gpt\"}").body();
        assertTrue(said.startsWith("{\"modelfile\":\"\","), said);
        assertTrue(said.endsWith("\"capabilities\":[\"completion\"]}"), said);
        assertEquals(404, ask("POST", "/api/show", "{\"model\":\"g-1\"}").statusCode());
        assertEquals(404, ask("POST", "/q/on=a/api/show", "{\"model\":\"gpt\"}").statusCode());
    }

    @Test
    void show_ofAModelThatNoHostHas_isTheLastHostsOwn404() throws IOException {
        byte[] wire = Exchange.of(RECORDINGS.resolve("show-missing.http")).wire();
        a.otherwise((request, reply) -> reply.raw(wire));
        serve(host("a", a));
        HttpResponse<String> response = ask("POST", "/api/show", "{\"model\":\"nope\"}");
        assertEquals(404, response.statusCode());
        assertEquals("{\"error\":\"model 'nope' not found\"}", response.body());
    }

    @Test
    void show_withoutAHost_isOurs() throws IOException {
        serve();
        HttpResponse<String> response = ask("POST", "/api/show", "{\"model\":\"nope\"}");
        assertEquals(404, response.statusCode());
        assertEquals("{\"error\":\"model 'nope' not found\"}", response.body());
    }

    @Test
    void show_whileTheHostIsAway_isA503() throws IOException {
        serve(host("a", a));
        a.kill();
        assertEquals(503, ask("POST", "/api/show", "{\"model\":\"m\"}").statusCode());
    }

    @Test
    void show_ofWhatIsNoJson_isA400() throws IOException {
        serve(host("a", a));
        assertEquals(400, ask("POST", "/api/show", "{\"model\":").statusCode());
        assertEquals(400, ask("POST", "/api/show", "[]").statusCode());
        assertEquals(413, ask("POST", "/api/show", "\"" + "x".repeat(BODY_MAX) + "\"").statusCode());
        assertTrue(a.requests().isEmpty());
    }

    @Test
    void countTokens_isPassedOn() throws Exception {
        a.otherwise((request, reply) -> reply.whole(404, "404 page not found"));
        serve(host("a", a));
        String body = "{\"model\":\"m\",\"messages\":[]}";
        HttpResponse<String> response = ask("POST", "/v1/messages/count_tokens", body);
        assertEquals(404, response.statusCode());
        assertArrayEquals("404 page not found".getBytes(StandardCharsets.UTF_8),
                response.body().getBytes(StandardCharsets.UTF_8));
        assertEquals(body, a.takeRequest().body());
    }

    // ---- the root, and off

    @Test
    void root_isThePageForBrowsersAlone() throws IOException {
        serve(host("a", a));
        assertEquals("the page", ask("GET", "/", null, "Accept", "text/html,*/*").body());
        assertEquals("Ollama is running", get("/"));
        assertEquals("Ollama is running", get("/q/priority=low/"));
        HttpResponse<String> head = ask("HEAD", "/", null, "Accept", "text/html");
        assertEquals(200, head.statusCode());
        assertEquals("text/plain; charset=utf-8", head.headers().firstValue("Content-Type").orElse(""));
        assertEquals(17, head.headers().firstValueAsLong("Content-Length").orElse(-1));
    }

    @Test
    void pathThatIsNone_isA404InItsApisForm() throws IOException {
        serve();
        for (String method : List.of("GET", "POST", "DELETE")) {
            for (String path : List.of("/v1/files/x", "/v1", "/v1/")) {
                assertTrue(none(method, path).startsWith("{\"error\":{\"message\":\"nothing is at this path\","
                        + "\"type\":\"not_found_error\""), path);
            }
            assertTrue(none(method, "/q/priority=low/v1/messages/batches").startsWith("{\"type\":\"error\",\"error\":{"
                    + "\"type\":\"not_found_error\""));
            assertTrue(none(method, "/api/nothing").startsWith("{\"error\":\"nothing is at this path;"));
        }
        assertEquals(405, ask("POST", "/v1/models", "{}").statusCode());
        assertEquals(404, ask("GET", "/v1/models/a/b", null).statusCode());
    }

    private String none(String method, String path) {
        HttpResponse<String> response = ask(method, path, null);
        assertEquals(404, response.statusCode(), response.body());
        return response.body();
    }

    @Test
    void turnedOff_everyRouteIsA404ThatNamesTheSetting() throws IOException {
        serve(host("a", a));
        options = RelayOptions.of(Settings.DEFAULT.with(RelayOptions.ENABLED, false));
        for (String path : List.of("/api/tags", "/api/ps", "/api/version", "/v1/models", "/v1/models/x")) {
            HttpResponse<String> response = ask("GET", path, null);
            assertEquals(404, response.statusCode(), path);
            assertTrue(response.body().contains("relay.enabled"), response.body());
        }
        assertEquals(404, ask("POST", "/api/show", "{\"model\":\"m\"}").statusCode());
        assertEquals("the page", get("/"));
        options = RelayOptions.of(Settings.DEFAULT);
        assertFalse(get("/api/version").isEmpty());
    }
}
