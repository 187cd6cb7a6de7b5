package server.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;

import org.junit.jupiter.api.Test;

/// The caps of connections, by what the process may open.
final class ConnectionsTest {

    @Test
    void of_manyFiles_isTheSetting() {
        assertEquals(new Connections(12_000, 12_000), Connections.of(12_000, Integer.MAX_VALUE, 40, 4, 1));
        assertEquals(new Connections(12_000, 12_000), Connections.of(12_000, 65_536, 40, 4, 1));
        // 48,000 for both, behind what is open, kept back and for 4 calls
        assertEquals(new Connections(12_000, 12_000), Connections.of(12_000, 48_112, 40, 4, 1));
        assertEquals(new Connections(12_000, 11_999), Connections.of(12_000, 48_111, 40, 4, 1));
    }

    @Test
    void of_fewFiles_isWhatIsNotKeptBack() {
        assertEquals(new Connections(108, 36), Connections.of(12_000, 256, 40, 4, 1));
        assertEquals(new Connections(100, 36), Connections.of(100, 256, 40, 4, 1));
        assertEquals(new Connections(14, 4), Connections.of(12_000, 72, 40, 4, 1));
        assertEquals(new Connections(54, 36), Connections.of(12_000, 256, 40, 4, 2), "on two loopbacks");
        assertEquals(new Connections(1, 1), Connections.of(12_000, 1, 40, 4, 1));
    }

    @Test
    void check_tooFewFilesToWork_isRefused() throws IOException {
        Connections.check(64);
        assertThrows(IOException.class, () -> Connections.check(63));
    }

    @Test
    void tls_takesHalfTheHeap() {
        assertEquals(new Connections(2_457, 1_638), new Connections(12_000, 12_000).within(512L << 20, 1));
        assertEquals(new Connections(1_228, 1_638), new Connections(12_000, 12_000).within(512L << 20, 2));
        assertEquals(new Connections(100, 36), new Connections(100, 36).within(512L << 20, 1));
        assertEquals(new Connections(1, 1), new Connections(5, 5).within(1, 2));
    }
}
