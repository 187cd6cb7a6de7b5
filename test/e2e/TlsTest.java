package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import shared.Trust;
import shared.json.Json;
import support.Await;
import support.Certificates;
import support.FakeOllama;
import support.Jdks;
import support.Programs;
import support.ServerProcess;

/// The server behind TLS: for curl, OpenSSL, the JDK's clients and ours. One server serves all tests except those that
/// close it or change its certificate.
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TlsTest {

    private static final String HELLO = "{\"type\":\"generate\",\"model\":\"echo\",\"prompt\":\"by TLS\"}";
    private static final byte[] HALF_A_HELLO = {22, 3, 1, 2, 0, 1, 0};

    private Path all;
    private Path folder;
    private Path certificate;
    private FakeOllama ollama;
    private ServerProcess server;
    private SSLContext trusted;
    private HttpClient http;
    private int port;

    @BeforeAll
    void share(@TempDir Path shared) {
        all = shared;
    }

    @BeforeEach
    void start() throws IOException {
        if (server != null) {
            return;
        }
        folder = Files.createTempDirectory(all, "server");
        certificate = Certificates.make(folder, "server", "ec", "DNS:localhost,IP:127.0.0.1");
        ollama = FakeOllama.start();
        Path config = folder.resolve("config.yaml");
        Files.writeString(config, """
                server: {tls_cert: "%s", tls_key: "%s"}
                limits: {request_time: 5s}
                ollama: {hosts: [{name: echo, url: "echo:"}, {name: slow, url: "%s"}]}
                """.formatted(certificate, Certificates.keyOf(certificate), ollama.url()));
        server = ServerProcess.start(folder.resolve("data"), "--config", config.toString());
        port = URI.create(server.url()).getPort();
        trusted = Trust.also("certificate", certificate);
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(trusted).build();
    }

    /// The next test class has another server.
    @AfterAll
    void stop() throws IOException {
        if (server != null) {
            http.shutdownNow();
            server.close();
            ollama.close();
            server = null;
        }
    }

    private String get(String path) throws Exception {
        URI url = URI.create(server.url() + path);
        return http.send(HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(20)).build(),
                HttpResponse.BodyHandlers.ofString()).body();
    }

    private int webSocketPort() throws Exception {
        return (int) ServerProcess.object(get("/api/info")).integer("ws_port", 0);
    }

    /// Runs a program without any of our settings.
    private String run(List<String> environment, String... words) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("OLLAMA_"));
        builder.environment().put("HOME", folder.toString());
        environment.forEach(one -> builder.environment().put(one.split("=")[0], one.split("=")[1]));
        Process process = builder.start();
        try (InputStream out = process.getInputStream()) {
            String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            return process.exitValue() + " " + said;
        }
    }

    /// It has no certificate to trust: the TLS alert that it gets shows that the server is there.
    @Test
    void healthCheckOfTheContainer_passes_andFailsWhereNobodyIs() throws Exception {
        String line = Files.readAllLines(Path.of("src/server/deploy/server.Dockerfile")).stream()
                .filter(each -> each.startsWith("HEALTHCHECK ")).findFirst().orElseThrow();
        String[] check = ((Json.Arr) Json.parse(line.substring(line.indexOf('[')))).values().stream()
                .map(word -> ((Json.Str) word).value()).toArray(String[]::new);
        for (int time = 0; time < 20; time++) {
            assertEquals("0 ", run(List.of("OLLAMA_QUEUE_SERVER_PORT=" + port), check), "time " + time);
        }
        stop();
        assertTrue(run(List.of("OLLAMA_QUEUE_SERVER_PORT=" + port), check).startsWith("1 "));
    }

    @Test
    void clientsOfOthers_areServed_andOlderVersionsRefused() throws Exception {
        assertTrue(server.url().startsWith("https://localhost:"), server.url());
        assertEquals("0 {\"status\":\"ok\"}", run(List.of(), "curl", "-sS", "--cacert", certificate.toString(),
                server.url() + "/healthz"));
        assertTrue(run(List.of(), "curl", "-sS", server.url() + "/healthz").startsWith("60 "), "it is not trusted");
        for (int each : List.of(port, webSocketPort())) {
            for (String version : List.of("-tls1_3", "-tls1_2")) {
                assertTrue(run(List.of(), "openssl", "s_client", "-connect", "127.0.0.1:" + each, version, "-CAfile",
                        certificate.toString()).contains("Verify return code: 0"), each + version);
            }
            String old = run(List.of(), "openssl", "s_client", "-connect", "127.0.0.1:" + each, "-tls1_1", "-cipher",
                    "ALL@SECLEVEL=0");
            assertTrue(old.contains("alert protocol version"), old);
        }
        // each on a new connection, because no connection is kept
        String many = run(List.of(), "curl", "-sS", "--cacert", certificate.toString(), "-H", "Connection: close",
                server.url() + "/healthz", server.url() + "/index.html", server.url()
                + "/api/tasks?model=none");
        assertTrue(many.startsWith("0 ") && many.endsWith("[]"), many);
    }

    @Test
    void webSocket_talksOverTls() throws Exception {
        List<String> heard = new ArrayList<>();
        WebSocket socket = http.newWebSocketBuilder().buildAsync(URI.create("wss://localhost:" + webSocketPort()
                + "/ws?since=0"), new WebSocket.Listener() {
                    private final StringBuilder text = new StringBuilder();

                    @Override
                    public CompletionStage<?> onText(WebSocket of, CharSequence part,
                            boolean last) {
                        text.append(part);
                        if (last) {
                            synchronized (heard) {
                                heard.add(text.toString());
                            }
                            text.setLength(0);
                        }
                        return WebSocket.Listener.super.onText(of, part, last);
                    }
                }).join();
        String id = ServerProcess.object(http.send(HttpRequest.newBuilder(URI.create(server.url() + "/api/tasks"))
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(HELLO)).build(),
                HttpResponse.BodyHandlers.ofString()).body()).text("task_id");
        Await.until(heard::toString, () -> {
            synchronized (heard) {
                return heard.stream().anyMatch(said -> said.contains(id) && said.contains("completed"));
            }
        });
        socket.sendClose(1000, "done").join();
    }

    @Test
    void ourClient_goesOnBySettings_trustsAFile_andChecksNames() throws Exception {
        String client = Programs.client().toString();
        Path config = folder.resolve("client.yaml");
        Path foreign = Certificates.make(folder, "foreign", "ec", "DNS:elsewhere.example");
        Files.writeString(config, "server: {port: %d, tls_cert: \"%s\"}\n".formatted(port, certificate));
        assertTrue(run(List.of(), client, "status", "--config", config.toString()).startsWith("0 pending"));
        assertEquals("0 by TLS", run(List.of(), client, "submit", "generate", "--model", "echo", "--prompt", "by TLS",
                "--wait", "--config", config.toString()).strip());
        // exactly this certificate, although the other one is self-signed as well
        Files.writeString(config, "server: {port: %d, tls_cert: \"%s\"}\n".formatted(port, foreign));
        String another = run(List.of(), client, "status", "--config", config.toString());
        assertTrue(another.startsWith("3 ") && another.contains("its certificate is not the one in " + foreign),
                another);

        String url = "https://localhost:" + port;
        String strange = run(List.of(), client, "status", "--server", url);
        assertTrue(strange.startsWith("3 ") && strange.contains("TLS: " + Trust.UNKNOWN_ISSUER)
                && strange.contains("--ca-cert"), strange);
        assertTrue(run(List.of(), client, "status", "--server", url, "--ca-cert", certificate.toString())
                .startsWith("0 pending"));
        assertTrue(run(List.of("OLLAMA_QUEUE_CLIENT_CA_CERT=" + certificate), client, "status", "--server", url)
                .startsWith("0 pending"));
        Files.writeString(config, "client: {server_url: \"%s\", ca_cert: \"%s\"}\n".formatted(url, certificate));
        assertTrue(run(List.of(), client, "status", "--config", config.toString()).startsWith("0 pending"));
        String otherName = run(List.of(), client, "status", "--server", "https://[::1]:" + port, "--ca-cert",
                certificate.toString());
        assertTrue(otherName.startsWith("3 ") && otherName.contains("its certificate is for another name"), otherName);

        assertTrue(run(List.of(), Jdks.oldest().resolve("bin/java").toString(), "-XX:TieredStopAtLevel=1",
                Path.of("build/dist/Client.java").toAbsolutePath().toString(), "status", "--server", url, "--ca-cert",
                certificate.toString()).startsWith("0 pending"), "the single file on Java 17");
    }

    @Test
    void certificate_thatChanges_isUsedByTheNextHandshake() throws Exception {
        String before = run(List.of(), "openssl", "s_client", "-connect", "127.0.0.1:" + port);
        assertTrue(before.contains("CN = server"), before);
        Path next = Certificates.make(folder, "next", "rsa:2048", "DNS:localhost");
        Files.copy(Certificates.keyOf(next), Certificates.keyOf(certificate), StandardCopyOption.REPLACE_EXISTING);
        server.awaitLogged("event=tls_certificate_kept");
        assertTrue(run(List.of(), "openssl", "s_client", "-connect", "127.0.0.1:" + port).contains("CN = server"));
        Files.copy(next, certificate, StandardCopyOption.REPLACE_EXISTING);
        for (int each : List.of(port, webSocketPort())) {
            Await.until("the new one is used", () -> {
                try {
                    return run(List.of(), "openssl", "s_client", "-connect", "127.0.0.1:" + each).contains("CN = next");
                } catch (Exception failure) {
                    throw new AssertionError(failure);
                }
            });
        }
        stop();
    }

    @Test
    void handshakes_thatNeverEnd_blockNobody_andAreEnded() throws Exception {
        int webSocket = webSocketPort();
        List<Socket> stuck = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), i % 2 == 0 ? port : webSocket);
                socket.getOutputStream().write(HALF_A_HELLO, 0, i % 4 < 2 ? HALF_A_HELLO.length : 1);
                stuck.add(socket);
            }
            HttpClient other = HttpClient.newBuilder().sslContext(trusted).build();
            assertEquals(200, other.send(HttpRequest.newBuilder(URI.create(server.url() + "/healthz"))
                    .timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.discarding()).statusCode());
            other.shutdownNow();
            http.newWebSocketBuilder().buildAsync(URI.create("wss://localhost:" + webSocket + "/ws"),
                    new WebSocket.Listener() { }).get(20, TimeUnit.SECONDS).abort();
            for (Socket socket : stuck) {
                socket.setSoTimeout(60_000);
                InputStream in = socket.getInputStream();
                try {
                    while (in.read() >= 0) {
                        // an alert says why
                    }
                } catch (SocketException reset) {
                    // ended too
                }
            }
        } finally {
            for (Socket socket : stuck) {
                socket.close();
            }
        }
    }

    @Test
    void caller_whoLeaves_cancelsItsCall() throws Exception {
        ollama.otherwise((request, reply) -> reply.hang());
        SSLSocket caller = (SSLSocket) trusted.getSocketFactory().createSocket("localhost", port);
        byte[] body = "{\"model\":\"m\",\"prompt\":\"x\",\"stream\":false}".getBytes(StandardCharsets.UTF_8);
        caller.getOutputStream().write(("POST /q/on=slow/api/generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                + body.length + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        caller.getOutputStream().write(body);
        ollama.takeRequest();
        caller.close();
        Await.until("the task is cancelled", () -> {
            try {
                Json.Obj task = (Json.Obj) ((Json.Arr) Json.parse(get("/api/tasks?model=m"))).values().get(0);
                return task.text("status").equals("cancelled");
            } catch (Exception failure) {
                throw new AssertionError(failure);
            }
        });
    }
}
