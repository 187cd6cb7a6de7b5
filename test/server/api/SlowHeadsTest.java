package server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

import org.junit.jupiter.api.Test;

import server.http.Wire;

/// Connections that never finish their heads.
final class SlowHeadsTest {

    private static final int HELD = 2_000;
    private static final int ROUNDS = 21;
    private static final Duration SOON = Duration.ofMillis(100);

    @Test
    void whileManyAreHeld_othersAreAnsweredSoon() throws Exception {
        List<Wire> held = new ArrayList<>();
        try (ApiServer server = new ApiServer()) {
            for (int i = 0; i < HELD; i++) {
                held.add(server.wire().raw("GET /healthz HTTP/1.1\r\nHost: local"));
            }
            assertTrue(median(() -> server.get("/healthz").statusCode(), 200).compareTo(SOON) < 0);
            assertTrue(median(() -> server.post("/api/tasks", ApiServer.HELLO).statusCode(), 201).compareTo(SOON) < 0);
            // they were only slow
            assertEquals(200, held.getLast().raw("host\r\n\r\n").reply(true).status());
        } finally {
            for (Wire wire : held) {
                wire.close();
            }
        }
    }

    /// One answer may be late for whatever else the machine has to do.
    private static Duration median(Callable<Integer> ask, int status) throws Exception {
        long[] nanos = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long began = System.nanoTime();
            assertEquals(status, ask.call());
            nanos[i] = System.nanoTime() - began;
        }
        Arrays.sort(nanos);
        return Duration.ofNanos(nanos[ROUNDS / 2]);
    }
}
