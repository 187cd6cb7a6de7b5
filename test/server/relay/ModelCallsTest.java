package server.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import server.access.TestTokens;
import server.dispatch.HostOptions;
import server.dispatch.Hosts;
import server.executor.ExecutorRegistry;
import server.executor.HostAddress;
import server.executor.Limits;
import server.http.Routes;
import server.http.WebServer;
import server.http.Wire;
import server.settings.Settings;
import support.Await;
import support.FakeOllama;
import support.FakeOllamaRequest;

final class ModelCallsTest {

    private static final String BLOB = "/api/blobs/sha256:" + "0a".repeat(32);
    private static final int LARGE = 3_000_000;

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final BlockingQueue<String> changed = new LinkedBlockingQueue<>();
    private volatile RelayOptions options =
            RelayOptions.of(Settings.DEFAULT.with(RelayOptions.MODEL_MANAGEMENT, true));
    private FakeOllama a;
    private WebServer web;

    @BeforeEach
    void start() throws IOException {
        a = FakeOllama.start();
        open.add(a);
    }

    @AfterEach
    void stop() throws Exception {
        client.shutdownNow();
        for (AutoCloseable part : open.reversed()) {
            part.close();
        }
    }

    /// Serves over these hosts, with room for hardly anything in memory.
    private void serve(HostOptions... hosts) throws IOException {
        Settings settings = Settings.DEFAULT.with(WebServer.HOST, "127.0.0.1").with(WebServer.PORT, 0)
                .with(WebServer.BODIES_BYTES, 1L << 20);
        WebServer.prepare(settings);
        Hosts all = Hosts.open(ExecutorRegistry.load(), List.of(hosts), 4, InstantSource.system());
        open.add(all);
        web = WebServer.bind(settings, null, TestTokens.none());
        open.add(web);
        Routes routes = new Routes();
        new ModelCalls(all, changed::add, web.gone(), () -> options).addTo(routes);
        web.serve(routes);
    }

    private static HostOptions host(String name, String url) {
        return new HostOptions(new HostAddress(name, url, null, Map.of(), Map.of(), null, Limits.DEFAULT), null,
                false, 1, 0, 0, 4);
    }

    private HttpRequest.Builder request(String method, String path, BodyPublisher body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web.address().getPort() + path))
                .timeout(Duration.ofSeconds(40)).method(method, body);
    }

    private HttpResponse<String> ask(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = request(method, path,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static byte[] large() {
        byte[] bytes = new byte[LARGE];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// A host that reads a body and answers its digest.
    private String digesting() throws IOException {
        HttpServer host = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        open.add(() -> host.stop(0));
        host.createContext("/", exchange -> {
            byte[] digest = digest(exchange.getRequestBody().readAllBytes()).getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(201, digest.length);
            exchange.getResponseBody().write(digest);
            exchange.close();
        });
        host.start();
        return "http://127.0.0.1:" + host.getAddress().getPort();
    }

    /// A host that answers when it has read the head, and resets the connection, as Ollama does for a blob that it has.
    private String hasty(String answer) throws IOException {
        ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        open.add(listener);
        Thread.ofVirtual().start(() -> {
            while (!listener.isClosed()) {
                try (Socket socket = listener.accept()) {
                    BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(),
                            StandardCharsets.ISO_8859_1));
                    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                        // the head
                    }
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                    socket.setSoLinger(false, 0);
                } catch (IOException closed) {
                    // the test is over
                }
            }
        });
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    // ---- which host

    @Test
    void withoutTheSetting_everyCallIsA403ThatNamesIt() throws Exception {
        serve(host("a", a.url()));
        options = RelayOptions.of(Settings.DEFAULT);
        for (String path : List.of("/api/pull", "/api/push", "/api/create", "/api/copy", BLOB)) {
            HttpResponse<String> response = ask("POST", path, "{}");
            assertEquals(403, response.statusCode(), path);
            assertTrue(response.body().contains("relay.model_management"), response.body());
        }
        assertEquals(403, ask("DELETE", "/api/delete", "{\"model\":\"m\"}").statusCode());
        assertEquals(403, ask("HEAD", BLOB, null).statusCode());
        options = RelayOptions.of(Settings.DEFAULT.with(RelayOptions.ENABLED, false));
        assertEquals(404, ask("POST", "/api/pull", "{}").statusCode());
        assertTrue(a.requests().isEmpty());
    }

    @Test
    void ofSeveralHosts_theNamedOneIsAsked_andWithoutANameNone() throws Exception {
        FakeOllama b = FakeOllama.start();
        open.add(b);
        serve(host("a", a.url()), host("b", b.url()));
        HttpResponse<String> unnamed = ask("POST", "/api/pull", "{\"model\":\"m\"}");
        assertEquals(400, unnamed.statusCode());
        assertTrue(unnamed.body().contains("X-Queue-On") && unnamed.body().contains("hosts: a, b"), unnamed.body());
        HttpResponse<String> wrong = ask("POST", "/api/pull", "{\"model\":\"m\"}", "X-Queue-On", "c");
        assertEquals(400, wrong.statusCode());
        assertTrue(wrong.body().contains("\\\"c\\\"") && wrong.body().contains("hosts: a, b"), wrong.body());

        assertEquals(200, ask("POST", "/api/copy?x=1", "{\"source\":\"m\"}", "X-Queue-On", "b").statusCode());
        assertEquals("/api/copy?x=1", b.takeRequest().path());
        // told after the answer
        assertEquals("b", changed.poll(60, TimeUnit.SECONDS));
        assertEquals(200, ask("POST", "/q/on=a/api/copy/", "{\"source\":\"m\"}").statusCode());
        assertEquals("{\"source\":\"m\"}", a.takeRequest().body());
        assertEquals("a", changed.poll(60, TimeUnit.SECONDS));
    }

    @Test
    void aHostThatIsAway_isA503() throws Exception {
        serve(host("a", a.url()));
        a.kill();
        HttpResponse<String> response = ask("POST", "/api/pull", "{\"model\":\"m\"}");
        assertEquals(503, response.statusCode());
        assertTrue(response.body().contains("cannot connect"), response.body());
    }

    // ---- answers

    @Test
    void pull_isStreamedAsItComes_andThenTheModelsAreReadAgain() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        a.next((request, reply) -> {
            reply.begin("application/x-ndjson");
            reply.line("{\"status\":\"pulling manifest\"}");
            goOn.await();
            reply.line("{\"status\":\"success\"}");
        });
        serve(host("a", a.url()));
        HttpResponse<java.io.InputStream> response = client.send(request("POST", "/api/pull",
                BodyPublishers.ofString("{\"model\":\"m\"}")).build(), BodyHandlers.ofInputStream());
        BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));

        assertEquals("{\"status\":\"pulling manifest\"}", lines.readLine());
        assertTrue(changed.isEmpty());
        goOn.countDown();
        assertEquals("{\"status\":\"success\"}", lines.readLine());
        assertEquals("application/x-ndjson", response.headers().firstValue("Content-Type").orElse(""));
        assertEquals("a", changed.poll(60, TimeUnit.SECONDS));
    }

    @Test
    void aCallerThatLeaves_endsTheCallAtTheHost() throws Exception {
        a.next((request, reply) -> {
            for (int i = 0; i < 1_000_000; i++) {
                reply.line("{\"status\":\"pulling " + "x".repeat(1_000) + "\"}");
            }
        });
        serve(host("a", a.url()));
        HttpResponse<java.io.InputStream> response = client.send(request("POST", "/api/pull",
                BodyPublishers.ofString("{}")).build(), BodyHandlers.ofInputStream());
        response.body().read();
        response.body().close();
        a.takeRequest().awaitCancelled();
    }

    @Test
    void aCallerThatLeavesBeforeTheAnswer_endsTheCallAtTheHost() throws Exception {
        a.next((request, reply) -> reply.hang());
        serve(host("a", a.url()));
        FakeOllamaRequest request;
        try (Wire wire = new Wire(web.address())) {
            wire.lines("POST /api/pull HTTP/1.1", "Host: localhost", "Content-Length: 2", "").raw("{}");
            request = a.takeRequest();
        }
        request.awaitCancelled();
    }

    @Test
    void statusAndBody_areTheHosts() throws Exception {
        a.next((request, reply) -> reply.whole(404, "{\"error\":\"model 'nope' not found\"}"))
                .next((request, reply) -> reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
                .next((request, reply) -> reply.raw("HTTP/1.1 404 Not Found\r\nContent-Length: 102\r\n\r\n"));
        serve(host("a", a.url()));
        HttpResponse<String> missing = ask("DELETE", "/api/delete", "{\"model\":\"nope\"}");
        assertEquals(404, missing.statusCode());
        assertEquals("{\"error\":\"model 'nope' not found\"}", missing.body());
        HttpResponse<String> empty = ask("DELETE", "/api/delete", "{\"model\":\"m\"}");
        assertEquals(200, empty.statusCode());
        assertEquals("", empty.body());
        HttpResponse<String> head = ask("HEAD", BLOB, null);
        assertEquals(404, head.statusCode());
        assertEquals(102, head.headers().firstValueAsLong("Content-Length").orElse(-1));
    }

    // ---- blobs

    @Test
    void blob_ofAnySize_reachesTheHostByteForByte() throws Exception {
        serve(host("a", digesting()));
        byte[] bytes = large();
        HttpResponse<String> whole = client.send(request("POST", BLOB, BodyPublishers.ofByteArray(bytes)).build(),
                BodyHandlers.ofString());
        assertEquals(201, whole.statusCode());
        assertEquals(digest(bytes), whole.body());
        HttpResponse<String> chunked = client.send(request("POST", BLOB,
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))).build(), BodyHandlers.ofString());
        assertEquals(digest(bytes), chunked.body());
        assertFalse(changed.contains("a"));
    }

    @Test
    void blob_byHead_isAskedSo_andNoOtherWay() throws Exception {
        a.otherwise((request, reply) -> reply.whole(request.method().equals("HEAD") ? 404 : 200, ""));
        serve(host("a", a.url()));
        assertEquals(404, ask("HEAD", BLOB, null).statusCode());
        HttpResponse<String> got = ask("GET", BLOB, null);
        assertEquals(405, got.statusCode());
        assertEquals("HEAD, POST, OPTIONS", got.headers().firstValue("Allow").orElseThrow());
    }

    @Test
    void aHostThatAnswersBeforeItHasReadTheBody_isHeard() throws Exception {
        byte[] bytes = large();
        serve(host("empty", hasty("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")),
                host("full", hasty("HTTP/1.1 400 Bad\r\nContent-Type: x/y\r\nContent-Length: 4\r\n\r\nfull")));
        HttpResponse<String> empty = client.send(request("POST", "/q/on=empty" + BLOB,
                BodyPublishers.ofByteArray(bytes)).build(), BodyHandlers.ofString());
        assertEquals(200, empty.statusCode());
        HttpResponse<String> full = client.send(request("POST", "/q/on=full" + BLOB,
                BodyPublishers.ofByteArray(bytes)).build(), BodyHandlers.ofString());
        assertEquals(400, full.statusCode());
        assertArrayEquals("full".getBytes(StandardCharsets.US_ASCII), full.body().getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aHostThatDoesNotAskForTheBody_getsItAllTheSame() throws Exception {
        a.otherwise((request, reply) -> reply.whole(201, Integer.toString(request.body().length())));
        serve(host("a", a.url()));
        assertEquals("200000", ask("POST", BLOB, "x".repeat(200_000)).body());
    }

    @Test
    void aHostThatIsAskedNow_showsItsNewModels() throws Exception {
        a.models("old");
        try (RelayRig rig = new RelayRig(a.url())) {
            Await.until("the host is known", () -> installed(rig).contains("old:latest"));
            a.models("new");
            rig.dispatcher.askNow(rig.hosts.backends().getFirst().name());
            Await.until("the host was asked again", () -> installed(rig).contains("new:latest"));
        }
    }

    private static Set<String> installed(RelayRig rig) {
        Set<String> installed = rig.hosts.backends().getFirst().installed();
        return installed == null ? Set.of() : installed;
    }

    @Test
    void aDigestThatIsNone_reachesNoHost() throws Exception {
        serve(host("a", a.url()));
        for (String digest : List.of("x", "sha256:", "..%2f..%2fapi%2fdelete", "sha256:" + "g".repeat(64))) {
            assertEquals(400, ask("POST", "/api/blobs/" + digest, "x").statusCode(), digest);
        }
        assertTrue(a.requests().isEmpty());
    }
}
