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
    /// Unless the machine is so busy that a server that holds none takes half as long: both are asked in turn.
    private static final Duration SOON = Duration.ofMillis(100);

    @Test
    void whileManyAreHeld_othersAreAnsweredSoon() throws Exception {
        List<Wire> held = new ArrayList<>();
        try (ApiServer server = new ApiServer(); ApiServer free = new ApiServer()) {
            for (int i = 0; i < HELD; i++) {
                held.add(server.wire().raw("GET /healthz HTTP/1.1\r\nHost: local"));
            }
            compare(() -> server.get("/healthz").statusCode(), () -> free.get("/healthz").statusCode(), 200);
            compare(() -> server.post("/api/tasks", ApiServer.HELLO).statusCode(),
                    () -> free.post("/api/tasks", ApiServer.HELLO).statusCode(), 201);
            // they were only slow
            assertEquals(200, held.getLast().raw("host\r\n\r\n").reply(true).status());
        } finally {
            for (Wire wire : held) {
                wire.close();
            }
        }
    }

    /// One answer may be late for whatever else the machine has to do, so the medians are compared.
    private static void compare(Callable<Integer> ask, Callable<Integer> askFree, int status) throws Exception {
        long[] nanos = new long[ROUNDS];
        long[] free = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            nanos[i] = time(ask, status);
            free[i] = time(askFree, status);
        }
        Arrays.sort(nanos);
        Arrays.sort(free);
        Duration took = Duration.ofNanos(nanos[ROUNDS / 2]);
        Duration otherwise = Duration.ofNanos(free[ROUNDS / 2]);
        Duration most = otherwise.multipliedBy(2).compareTo(SOON) > 0 ? otherwise.multipliedBy(2) : SOON;
        assertTrue(took.compareTo(most) < 0, took + ", of a free one " + otherwise);
    }

    private static long time(Callable<Integer> ask, int status) throws Exception {
        long began = System.nanoTime();
        assertEquals(status, ask.call());
        return System.nanoTime() - began;
    }
}
