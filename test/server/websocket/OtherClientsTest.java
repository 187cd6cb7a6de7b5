package server.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import server.access.Guard;
import server.access.TestTokens;
import server.access.Tokens;
import server.settings.Settings;
import server.tls.Tls;
import support.Certificates;
import support.Npm;

/// Clients that were not written here: the JDK's, and the npm package `ws`.
@Tag("process")
final class OtherClientsTest {

    private static final String TOKEN = "right-token";

    @TempDir
    private Path folder;
    private Guard guard;
    private EchoServer server;
    private HttpClient http;

    @BeforeEach
    void start() throws IOException {
        guard = new Guard("localhost", InetAddress.getLoopbackAddress(), Settings.DEFAULT, TestTokens.none(),
                () -> "box");
        guard.reconfigure(Settings.DEFAULT.with(Tokens.TOKEN, TOKEN));
        server = new EchoServer(EchoServer.OPTIONS, guard);
        http = HttpClient.newHttpClient();
    }

    @AfterEach
    void stop() {
        http.shutdownNow();
        server.close();
    }

    // ---- the JDK's

    /// What the JDK's client heard, in order.
    private static final class Heard implements WebSocket.Listener {

        private final BlockingQueue<String> all = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private int binary;

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                all.add(text.length() < 200 ? text.toString() : "text of " + text.length());
                text.setLength(0);
            }
            return WebSocket.Listener.super.onText(socket, part, last);
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer part, boolean last) {
            binary += part.remaining();
            if (last) {
                all.add("binary of " + binary);
                binary = 0;
            }
            return WebSocket.Listener.super.onBinary(socket, part, last);
        }

        @Override
        public CompletionStage<?> onPong(WebSocket socket, ByteBuffer payload) {
            all.add("pong " + StandardCharsets.UTF_8.decode(payload));
            return WebSocket.Listener.super.onPong(socket, payload);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            all.add("close " + code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            all.add("error " + error);
        }

        private String next() throws InterruptedException {
            return all.poll(10, TimeUnit.SECONDS);
        }
    }

    private WebSocket connect(Heard heard) {
        return http.newWebSocketBuilder().header("Authorization", "Bearer " + TOKEN).subprotocols("ollama-queue")
                .buildAsync(URI.create("ws://localhost:" + server.port() + "/ws"), heard).join();
    }

    @Test
    void clientOfTheJdk_talksAndCloses() throws Exception {
        Heard heard = new Heard();
        WebSocket socket = connect(heard);
        assertEquals("ollama-queue", socket.getSubprotocol());
        socket.sendText("Grüße 𝄞", true).join();
        assertEquals("Grüße 𝄞", heard.next());
        socket.sendText("in ", false).join();
        socket.sendPing(ByteBuffer.wrap(Frames.utf8("between"))).join();
        socket.sendText("parts", true).join();
        assertEquals("pong between", heard.next());
        assertEquals("in parts", heard.next());
        byte[] large = new byte[300_000];
        Arrays.fill(large, (byte) 'x');
        socket.sendBinary(ByteBuffer.wrap(large), true).join();
        assertEquals("binary of 300000", heard.next());
        socket.sendText("y".repeat(100_000), true).join();
        assertEquals("text of 100000", heard.next());
        socket.sendClose(1000, "done").join();
        assertEquals("close 1000 ", heard.next());
    }

    @Test
    void clientOfTheJdk_isToldWhyTheServerCloses() throws Exception {
        Heard heard = new Heard();
        WebSocket socket = connect(heard);
        socket.sendText("hello", true).join();
        assertEquals("hello", heard.next());
        server.close();
        assertEquals("close 1001 the server stops", heard.next());
    }

    @Test
    void clientOfTheJdk_withoutTheToken_isRefused() {
        CompletionException refused = assertThrows(CompletionException.class, () -> http.newWebSocketBuilder()
                .buildAsync(URI.create("ws://localhost:" + server.port() + "/ws"), new Heard()).join());
        assertEquals(401, ((WebSocketHandshakeException) refused.getCause()).getResponse().statusCode());
    }

    // ---- the npm package ws

    @Test
    void packageWs_talksAndCloses() throws Exception {
        talk("ws", server.port(), Map.of());
    }

    @Test
    void packageWs_overTls_talksAndCloses() throws Exception {
        Path certificate = Certificates.make(folder, "localhost", "ec", "DNS:localhost");
        Settings settings = Settings.DEFAULT.with(Tls.CERT, certificate).with(Tls.KEY, Certificates.keyOf(certificate));
        try (Tls tls = Tls.open(settings, InstantSource.system());
                EchoServer secure = new EchoServer(EchoServer.OPTIONS, tls, guard)) {
            talk("wss", secure.port(), Map.of("NODE_EXTRA_CA_CERTS", certificate.toString()));
        }
    }

    private static void talk(String scheme, int port, Map<String, String> environment) throws Exception {
        assumeTrue(Npm.onPath("node"), "node is not installed");
        Path home = Npm.folder("ws", "8.18.3").getParent().getParent();
        ProcessBuilder program = new ProcessBuilder("node", Path.of("test/server/websocket/ws-client.cjs")
                .toAbsolutePath().toString(), scheme, Integer.toString(port), TOKEN).directory(home.toFile())
                .redirectErrorStream(true);
        program.environment().putAll(environment);
        Process node = program.start();
        try {
            String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(node.waitFor(60, TimeUnit.SECONDS), said);
            assertEquals("""
                    open ollama-queue
                    text Grüße 𝄞
                    pong payload
                    text in parts
                    binary 300000
                    text 65536
                    compressed? false
                    close 1000
                    refused 401
                    protocol error 1002
                    """, said);
        } finally {
            node.destroyForcibly();
        }
    }
}
