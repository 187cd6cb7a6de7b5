package server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import server.http.GoneCallers.Watch;
import support.Await;

final class GoneCallersTest {

    private static final Path PROC = Path.of("/proc/net");
    private static final Duration OFTEN = Duration.ofMillis(10);
    private static final String HEAD = "  sl  local_address rem_address   st\n";
    private static final String LISTENER = "   0: 00000000:1F90 00000000:0000 0A 0\n";

    private final AtomicInteger calls = new AtomicInteger();
    private GoneCallers callers;
    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        if (callers != null) {
            callers.close();
        }
    }

    /// Both ends of a connection.
    private record Pair(Socket client, Socket server) implements AutoCloseable {

        static Pair of(ServerSocket listener) throws IOException {
            Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
            return new Pair(client, listener.accept());
        }

        Watch watch(GoneCallers callers, Runnable gone) {
            return callers.watch((InetSocketAddress) server.getLocalSocketAddress(),
                    (InetSocketAddress) server.getRemoteSocketAddress(), gone);
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }

    @Test
    void caller_thatCloses_isFoundOnceAndOneThatStaysIsNot() throws IOException {
        assumeTrue(Files.isReadable(PROC.resolve("tcp")));
        callers = new GoneCallers(PROC, OFTEN);
        AtomicInteger stays = new AtomicInteger();
        try (ServerSocket listener = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
                Pair one = Pair.of(listener); Pair two = Pair.of(listener); Pair three = Pair.of(listener)) {
            one.watch(callers, calls::incrementAndGet);
            two.watch(callers, stays::incrementAndGet);
            one.client().close();
            Await.until("the one that closed", () -> calls.get() == 1);
            three.watch(callers, calls::incrementAndGet);
            // closed with a reset, so that its row goes too
            three.client().setSoLinger(true, 0);
            three.client().close();
            Await.until("the one that was reset", () -> calls.get() == 2);
            assertEquals(0, stays.get());
        }
    }

    @Test
    void caller_byIpv6_isFound() throws IOException {
        InetAddress loopback = InetAddress.ofLiteral("::1");
        assumeTrue(Files.isReadable(PROC.resolve("tcp6")));
        callers = new GoneCallers(PROC, OFTEN);
        try (ServerSocket listener = listener(loopback)) {
            assumeTrue(listener != null, "no IPv6 here");
            try (Pair pair = Pair.of(listener)) {
                pair.watch(callers, calls::incrementAndGet);
                pair.client().close();
                Await.until("the one that closed", () -> calls.get() == 1);
            }
        }
    }

    private static ServerSocket listener(InetAddress address) {
        try {
            return new ServerSocket(0, 9, address);
        } catch (IOException noSuchAddress) {
            return null;
        }
    }

    @Test
    void caller_thatIsNotWatchedAnyMore_isNotTold() throws IOException {
        // it is there until it is not watched anymore
        write(HEAD + LISTENER + "   1: 0100007F:1F90 0100007F:0005 01 0\n");
        callers = new GoneCallers(folder, OFTEN);
        AtomicInteger other = new AtomicInteger();
        watch(5, calls::incrementAndGet).close();
        write(HEAD + LISTENER);
        watch(6, other::incrementAndGet);
        Await.until("the other one", () -> other.get() == 1);
        assertEquals(0, calls.get());
    }

    @Test
    void caller_ofAConnectionThatIsUsedAgain_isItsNewCall() throws IOException {
        write(HEAD + LISTENER);
        callers = new GoneCallers(folder, OFTEN);
        Watch first = watch(5, () -> {
            throw new IllegalStateException("expected by the test");
        });
        Watch second = watch(5, calls::incrementAndGet);
        first.close();
        Await.until("the second call's", () -> calls.get() == 1);
        second.close();
    }

    @Test
    void table_withoutTheListener_saysNothing() throws IOException {
        write(HEAD);
        callers = new GoneCallers(folder, OFTEN);
        AtomicInteger asked = new AtomicInteger();
        watch(5, calls::incrementAndGet);
        // another port's listener, whose caller is gone
        write(HEAD + "   0: 00000000:1F91 00000000:0000 0A 0\n");
        callers.watch(address("127.0.0.1", 0x1F91), address("127.0.0.1", 6), asked::incrementAndGet);
        Await.until("the other port's", () -> asked.get() == 1);
        assertEquals(0, calls.get());
        write(HEAD + LISTENER);
        Await.until("it too", () -> calls.get() == 1);
    }

    @Test
    void fault_ofOneCallback_doesNotEndTheWatch() throws IOException {
        write(HEAD + LISTENER);
        callers = new GoneCallers(folder, OFTEN);
        watch(5, () -> {
            throw new IllegalStateException("expected by the test");
        });
        watch(6, calls::incrementAndGet);
        Await.until("the other one", () -> calls.get() == 1);
        watch(7, calls::incrementAndGet);
        Await.until("a later one", () -> calls.get() == 2);
    }

    @Test
    void tables_missing_nobodyIsWatched() throws IOException {
        try (GoneCallers blind = new GoneCallers(folder, OFTEN)) {
            AtomicInteger unseen = new AtomicInteger();
            blind.watch(address("127.0.0.1", 0x1F90), address("127.0.0.1", 5), unseen::incrementAndGet);
            write(HEAD + LISTENER);
            callers = new GoneCallers(folder, OFTEN);
            watch(5, calls::incrementAndGet);
            Await.until("who has tables", () -> calls.get() == 1);
            assertEquals(0, unseen.get());
        }
    }

    private Watch watch(int port, Runnable gone) {
        return callers.watch(address("127.0.0.1", 0x1F90), address("127.0.0.1", port), gone);
    }

    private static InetSocketAddress address(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }

    private void write(String table) throws IOException {
        Path part = folder.resolve("part");
        Files.writeString(part, table);
        Files.move(part, folder.resolve("tcp"), StandardCopyOption.REPLACE_EXISTING);
    }
}
