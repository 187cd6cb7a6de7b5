package server.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import server.access.Guard;
import server.access.TestTokens;
import server.access.Tokens;
import server.settings.Settings;
import support.Await;

/// How connections begin, live and end, over sockets.
final class ConnectionTest {

    private final List<EchoServer> servers = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(EchoServer::close);
    }

    private EchoServer start(WebSocketOptions options) throws IOException {
        servers.add(new EchoServer(options));
        return servers.getLast();
    }

    /// A server with these times.
    private EchoServer start(int requestMs, int pingMs, int silenceMs, int stuckMs, int closeMs) throws IOException {
        WebSocketOptions all = EchoServer.OPTIONS;
        return start(new WebSocketOptions(0, all.headerBytesMax(), Duration.ofMillis(requestMs), 5, 3,
                all.messageMax(), Duration.ofMillis(pingMs), Duration.ofMillis(silenceMs), Duration.ofMillis(stuckMs),
                Duration.ofMillis(closeMs)));
    }

    private EchoServer patient() throws IOException {
        return start(60_000, 10_000, 20_000, 10_000, 500);
    }

    // ---- the beginning

    @Test
    void handshake_byteByByte_isUnderstood() throws IOException {
        try (RawClient client = new RawClient(patient().port())) {
            for (byte b : RawClient.request("/ws").getBytes(StandardCharsets.US_ASCII)) {
                client.send(new byte[] {b});
            }
            assertTrue(client.answer().contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
            client.say("hello");
            assertEquals("81 hello", client.shown());
        }
    }

    @Test
    void handshake_withFramesBehindIt_isUnderstood() throws IOException {
        try (RawClient client = new RawClient(patient().port())) {
            client.send(RawClient.request("/ws").getBytes(StandardCharsets.US_ASCII), Frames.text("early"));
            assertTrue(client.answer().startsWith("HTTP/1.1 101 "));
            assertEquals("81 early", client.shown());
        }
    }

    @Test
    void handshake_thatDoesNotComeInTime_is408() throws IOException {
        EchoServer server = start(1_000, 10_000, 20_000, 10_000, 500);
        try (RawClient silent = new RawClient(server.port()); RawClient slow = new RawClient(server.port())) {
            // a byte now and then does not extend the time
            for (int i = 0; i < 8; i++) {
                slow.send(new byte[] {'G'});
                LockSupport.parkNanos(20_000_000);
            }
            assertTrue(silent.answer().startsWith("HTTP/1.1 408 Request Timeout\r\n"));
            assertTrue(slow.answer().startsWith("HTTP/1.1 408 Request Timeout\r\n"));
        }
    }

    @Test
    void refused_whoGoesOnSending_isCutOff() throws IOException {
        try (RawClient client = new RawClient(patient().port())) {
            client.send("GET /elsewhere HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            assertThrows(IOException.class, () -> {
                while (System.nanoTime() < end) {
                    client.send(new byte[] {'x'});
                    LockSupport.parkNanos(50_000_000);
                }
            });
        }
    }

    @Test
    void handshake_atAndBeyondTheLimitOfItsLength_passesAndIs431() throws IOException {
        EchoServer server = patient();
        int room = EchoServer.OPTIONS.headerBytesMax() - RawClient.request("/ws").length() - "A: \r\n".length();
        try (RawClient client = new RawClient(server.port())) {
            String answer = client.ask(RawClient.request("/ws", "A: " + "x".repeat(room) + "\r\n"));
            assertTrue(answer.startsWith("HTTP/1.1 101 "), answer);
        }
        try (RawClient client = new RawClient(server.port())) {
            String answer = client.ask(RawClient.request("/ws", "A: " + "x".repeat(room + 1) + "\r\n"));
            assertTrue(answer.startsWith("HTTP/1.1 431 "), answer);
        }
    }

    @Test
    void handshakes_thatAreLong_takeNoMoreThanTheirRoomTogether() throws IOException {
        EchoServer server = start(EchoServer.OPTIONS);
        String request = RawClient.request("/ws", "A: " + "x".repeat(3_000) + "\r\n");
        byte[] begun = request.substring(0, 3_000).getBytes(StandardCharsets.US_ASCII);
        String refused = "\"incoming requests hold " + EchoServer.OPTIONS.headsMax() + " bytes together";
        List<RawClient> clients = new ArrayList<>();
        try {
            // each needs 2 KiB beyond what every connection has
            for (int i = 0; i < EchoServer.OPTIONS.headsMax() / (2 << 10); i++) {
                clients.add(new RawClient(server.port()).send(begun));
            }
            String answer = "";
            for (int i = 0; i < 1_000 && !answer.contains(refused); i++) {
                // until all those before have got as far
                try (RawClient another = new RawClient(server.port())) {
                    answer = another.ask(request);
                }
                // one of those that this one came before
                for (int late = 0; late < clients.size(); late++) {
                    if (clients.get(late).hasNews()) {
                        clients.get(late).close();
                        clients.set(late, new RawClient(server.port()).send(begun));
                        answer = "";
                    }
                }
            }
            assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
            RawClient.open(server.port()).close();
            for (RawClient client : clients) {
                assertTrue(client.ask(request.substring(3_000)).startsWith("HTTP/1.1 101 "));
            }
            try (RawClient another = new RawClient(server.port())) {
                assertTrue(another.ask(request).startsWith("HTTP/1.1 101 "));
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void handshake_thatIsWrong_isRefusedWithItsReason() throws IOException {
        EchoServer server = patient();
        try (RawClient client = new RawClient(server.port())) {
            String answer = client.ask(RawClient.request("/other"));
            assertTrue(answer.startsWith("HTTP/1.1 404 Not Found\r\nUpgrade: websocket\r\n"), answer);
            assertTrue(answer.endsWith(
                    "\r\n\r\n{\"error\":\"this port serves only WebSocket connections at /ws\"}"), answer);
        }
        try (RawClient client = new RawClient(server.port())) {
            String answer = client.ask(RawClient.request("/ws").replace(": 13", ": 8"));
            assertTrue(answer.startsWith("HTTP/1.1 426 "), answer);
            assertTrue(answer.contains("\r\nSec-WebSocket-Version: 13\r\n"), answer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost", "http://localhost:8123", "https://localhost:8123", "HTTP://LOCALHOST"})
    void origin_ofThePage_passes(String origin) throws IOException {
        try (RawClient client = new RawClient(patient().port())) {
            String answer = client.ask(RawClient.request("/ws", "Origin: " + origin + "\r\n"));
            assertTrue(answer.startsWith("HTTP/1.1 101 "), answer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example", "http://localhost:9999", "http://localhost.evil.example", "null",
            "http://evil.example:8123", "file://"})
    void origin_ofAnotherPage_is403(String origin) throws IOException {
        try (RawClient client = new RawClient(patient().port())) {
            String answer = client.ask(RawClient.request("/ws", "Origin: " + origin + "\r\n"));
            assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
        }
    }

    @Test
    void host_thatIsNotKnown_is403() throws IOException {
        try (RawClient client = new RawClient(patient().port())) {
            assertTrue(client.ask(RawClient.request("/ws").replace("localhost", "rebound.example"))
                    .startsWith("HTTP/1.1 403 "));
        }
    }

    @Test
    void token_isWantedAsAHeaderOrAsASubprotocol() throws IOException {
        Guard guard = new Guard("localhost", InetAddress.getLoopbackAddress(), Settings.DEFAULT, TestTokens.none(),
                () -> "box");
        guard.reconfigure(Settings.DEFAULT.with(Tokens.TOKEN, "right-token"));
        EchoServer server = new EchoServer(EchoServer.OPTIONS, guard);
        servers.add(server);
        String right = "cmlnaHQtdG9rZW4";
        assertEquals("101", status(server, "Authorization: Bearer right-token\r\n"));
        assertEquals("101", status(server, "Sec-WebSocket-Protocol: ollama-queue, bearer." + right + "\r\n"));
        assertEquals("401", status(server));
        assertEquals("401", status(server, "Sec-WebSocket-Protocol: ollama-queue\r\n"));
        long start = System.nanoTime();
        assertEquals("401", status(server, "Sec-WebSocket-Protocol: ollama-queue, bearer.d3Jvbmc\r\n"));
        assertTrue(System.nanoTime() - start >= Duration.ofMillis(100).toNanos(), "guesses must be slow");
        try (RawClient client = new RawClient(server.port())) {
            String answer = client.ask(RawClient.request("/ws"));
            assertTrue(answer.contains("\r\nWWW-Authenticate: Bearer realm=\"ollama-queue\"\r\n"), answer);
        }
    }

    private static String status(EchoServer server, String... headers) throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            return client.ask(RawClient.request("/ws", headers)).split(" ")[1];
        }
    }

    @Test
    void webSockets_beyondTheirLimit_are503AndConnectionsBeyondTheirsAreClosed() throws IOException {
        EchoServer server = patient();
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                clients.add(RawClient.open(server.port()));
                clients.getLast().say("here");
                assertEquals("81 here", clients.getLast().shown());
            }
            clients.add(new RawClient(server.port()));
            String answer = clients.getLast().ask(RawClient.request("/ws"));
            assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
            assertTrue(answer.contains("\r\nRetry-After: 5\r\n"), answer);
            clients.removeFirst().close();
            Await.until("2 open", () -> server.server.open() == 2);
            clients.add(RawClient.open(server.port()));
            // three are open; these two only connect
            clients.add(new RawClient(server.port()));
            clients.add(new RawClient(server.port()));
            RawClient sixth = new RawClient(server.port());
            clients.add(sixth);
            assertEquals("eof", sixth.shown());
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void webSockets_thatComeAllAtOnce_areNoMoreThanTheirLimit() throws IOException {
        EchoServer server = start(EchoServer.OPTIONS);
        byte[] request = RawClient.request("/ws").getBytes(StandardCharsets.US_ASCII);
        int last = request.length - 1;
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < EchoServer.OPTIONS.connectionsMax(); i++) {
                clients.add(new RawClient(server.port()).send(Arrays.copyOf(request, last)));
            }
            for (RawClient client : clients) {
                client.send(Arrays.copyOfRange(request, last, request.length));
            }
            int admitted = 0;
            for (RawClient client : clients) {
                admitted += client.answer().startsWith("HTTP/1.1 101 ") ? 1 : 0;
            }
            assertEquals(EchoServer.OPTIONS.streamsMax(), admitted);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    // ---- its life

    @Test
    void client_thatIsSilent_getsPingsAndIsKeptWhileItAnswers() throws IOException {
        EchoServer server = start(60_000, 100, 2_500, 10_000, 500);
        try (RawClient client = RawClient.open(server.port())) {
            long end = System.nanoTime() + Duration.ofMillis(3_500).toNanos();
            int pings = 0;
            while (System.nanoTime() < end) {
                assertEquals("89 ", client.shown());
                client.send(Frames.frame(0x8a, new byte[0]));
                pings++;
            }
            assertTrue(pings >= 3, pings + " pings");
            client.say("still here");
            RawClient.Frame frame = client.next();
            while (frame.first() == 0x89) {
                frame = client.next();
            }
            assertEquals("81 still here", frame.shown());
        }
    }

    @Test
    void client_thatGivesNoSignOfLife_isClosed() throws IOException {
        EchoServer server = start(60_000, 100, 400, 10_000, 1_500);
        try (RawClient client = RawClient.open(server.port())) {
            String shown = client.shown();
            while (shown.equals("89 ")) {
                // half a frame is none
                client.send(new byte[] {(byte) 0x81});
                shown = client.shown();
            }
            assertEquals("88 1008 no sign of life for 0 s", shown);
            assertEquals("eof", client.shown());
        }
    }

    @Test
    void client_thatSendsAByteNowAndThen_isServed() throws IOException {
        try (RawClient client = RawClient.open(patient().port())) {
            for (byte b : Frames.text("slow, but sure")) {
                client.send(new byte[] {b});
                LockSupport.parkNanos(10_000_000);
            }
            assertEquals("81 slow, but sure", client.shown());
        }
    }

    @Test
    void client_thatNeverReads_isDroppedAndOthersAreServed() throws IOException {
        EchoServer server = start(60_000, 10_000, 20_000, 1_500, 300);
        try (RawClient deaf = RawClient.open(server.port()); RawClient other = RawClient.open(server.port())) {
            deaf.say("flood");
            Await.until("one is open", () -> {
                try {
                    other.say("well?");
                    assertEquals("81 well?", other.shown());
                } catch (IOException broken) {
                    throw new IllegalStateException(broken);
                }
                return server.server.open() == 1;
            });
        }
    }

    @Test
    void client_thatFloodsAndReadsNothing_isHeldBackAndDropped() throws IOException {
        EchoServer server = start(60_000, 10_000, 20_000, 400, 300);
        try (RawClient client = RawClient.open(server.port())) {
            byte[] pings = new byte[0];
            for (int i = 0; i < 100; i++) {
                pings = Frames.concat(pings, Frames.frame(0x89, new byte[125]));
            }
            byte[] many = pings;
            // what it says waits in the sockets' buffers, not in the server, until the server gives it up
            assertThrows(IOException.class, () -> {
                for (int i = 0; i < 100_000; i++) {
                    client.send(many);
                }
            });
            Await.until("0 open", () -> server.server.open() == 0);
        }
    }

    @Test
    void fault_inTheDialogue_closesWith1011() throws IOException {
        try (RawClient client = RawClient.open(patient().port())) {
            client.say("fault");
            assertEquals("88 1011 internal error; the server's log has more", client.shown());
            client.send(Frames.close(1011, ""));
            assertEquals("eof", client.shown());
        }
    }

    // ---- the end

    @Test
    void close_ofTheServer_says1001ToAllAndEndsAtOnceWhereTheyAnswer() throws IOException {
        EchoServer server = start(60_000, 10_000, 20_000, 10_000, 10_000);
        // the half one first: what was not accepted yet when the server closes is reset by the kernel
        try (RawClient half = new RawClient(server.port()); RawClient polite = RawClient.open(server.port())) {
            polite.say("x");
            assertEquals("81 x", polite.shown());
            Thread closing = Thread.ofVirtual().start(server::close);
            assertEquals("88 1001 the server stops", polite.shown());
            polite.send(Frames.close(1001, ""));
            assertEquals("eof", polite.shown());
            assertEquals("eof", half.shown());
            assertTrue(join(closing), "closing took too long");
            assertThrows(IOException.class, () -> new RawClient(server.port()).close());
        }
    }

    @Test
    void close_ofTheServer_doesNotWaitForWhoDoesNotAnswer() throws IOException {
        EchoServer server = start(60_000, 10_000, 20_000, 10_000, 300);
        try (RawClient mute = RawClient.open(server.port())) {
            mute.say("x");
            assertEquals("81 x", mute.shown());
            assertTrue(join(Thread.ofVirtual().start(server::close)), "closing took too long");
            assertEquals("88 1001 the server stops", mute.shown());
        }
    }

    private static boolean join(Thread thread) {
        try {
            return thread.join(Duration.ofSeconds(20));
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void end_withoutAClose_isNoticed() throws IOException {
        EchoServer server = patient();
        RawClient client = RawClient.open(server.port());
        Await.until("1 open", () -> server.server.open() == 1);
        client.end();
        assertEquals("eof", client.shown());
        Await.until("0 open", () -> server.server.open() == 0);
        client.close();
    }

    @Test
    void client_thatDoesNotEndAfterTheClose_isCutOff() throws IOException {
        EchoServer server = patient();
        try (RawClient client = RawClient.open(server.port())) {
            client.send(Frames.close(1000, ""));
            assertEquals("88 1000 ", client.shown());
            assertEquals("eof", client.shown());
            // it leaves its own half open
            Await.until("0 open", () -> server.server.open() == 0);
        }
    }

    // ---- the port

    @Test
    void port_afterThePages_isTakenOrAFreeOne() throws IOException {
        Guard guard = new Guard("localhost", InetAddress.getLoopbackAddress(), Settings.DEFAULT, TestTokens.none(),
                () -> "box");
        WebSocketOptions next = WebSocketOptions.DEFAULT;
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket taken = new ServerSocket(0, 1, loopback);
                WebSocketServer server = WebSocketServer.start(next, null, guard,
                        new InetSocketAddress(loopback, taken.getLocalPort() - 1), query -> null, status -> { })) {
            assertTrue(server.port() > 0 && server.port() != taken.getLocalPort());
        }
        try (WebSocketServer server = WebSocketServer.start(next, null, guard, new InetSocketAddress(loopback, 65_535),
                query -> null, status -> { })) {
            assertTrue(server.port() > 0);
        }
    }

    @Test
    void port_thatWasAskedForAndIsTaken_isAnError() throws IOException {
        Guard guard = new Guard("localhost", InetAddress.getLoopbackAddress(), Settings.DEFAULT, TestTokens.none(),
                () -> "box");
        WebSocketOptions all = EchoServer.OPTIONS;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            WebSocketOptions asked = new WebSocketOptions(port, all.headerBytesMax(), all.requestTimeMax(), 5, 5, 5,
                    all.pingEvery(), all.silenceMax(), all.stuckMax(), all.closeMax());
            IOException error = assertThrows(IOException.class, () -> WebSocketServer.start(asked, null, guard,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), query -> null, status -> { }));
            assertTrue(error.getMessage().startsWith("cannot listen for WebSocket on 127.0.0.1:" + port + ": "),
                    error.getMessage());
        }
    }
}
