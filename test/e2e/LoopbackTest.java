package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.ServerProcess;

/// `localhost` means both loopback addresses.
final class LoopbackTest {

    @TempDir
    Path directory;

    @Test
    void localhost_isServedOnBothLoopbacks() throws Exception {
        // a machine without IPv6 has one loopback address, and must work, too
        boolean two = NetworkInterface.getByInetAddress(InetAddress.ofLiteral("::1")) != null;
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:");
                HttpClient http = HttpClient.newHttpClient()) {
            int port = URI.create(server.url()).getPort();
            int wsPort = (int) ServerProcess.object(server.get("/api/info").body()).integer("ws_port", 0);
            for (String host : two ? List.of("127.0.0.1", "[::1]") : List.of("127.0.0.1")) {
                assertEquals(200, http.send(HttpRequest.newBuilder(URI.create("http://" + host + ":" + port
                        + "/api/status")).build(), HttpResponse.BodyHandlers.discarding()).statusCode(), host);
                WebSocket socket = http.newWebSocketBuilder().buildAsync(URI.create("ws://" + host + ":" + wsPort
                        + "/ws"), new WebSocket.Listener() { }).get(20, TimeUnit.SECONDS);
                assertNotNull(socket, host);
                socket.abort();
            }
            assertEquals(0, server.terminate(), server::logged);
            InetAddress last = InetAddress.ofLiteral(two ? "::1" : "127.0.0.1");
            for (int listened : new int[] {port, wsPort}) {
                try (ServerSocket free = new ServerSocket(listened, 1, last)) {
                    assertTrue(free.isBound());
                }
            }
        }
    }

    @Test
    void address_isServedAlone() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:", "--host",
                "127.0.0.1")) {
            assertEquals(200, server.get("/healthz").statusCode());
            int port = URI.create(server.url()).getPort();
            try (Socket socket = new Socket(InetAddress.ofLiteral("::1"), port)) {
                throw new AssertionError("it listens on " + socket.getRemoteSocketAddress());
            } catch (SocketException refused) {
                // as expected
            }
        }
    }
}
