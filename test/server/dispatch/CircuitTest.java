package server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class CircuitTest {

    private static final long T = 1_000_000;

    private final Circuit circuit = new Circuit();

    @Test
    void unreachable_fourTimes_stillAllows() {
        fail(4, T);
        assertTrue(circuit.allows(T));
        assertEquals(0, circuit.pauseEnd(T));
    }

    @Test
    void unreachable_fiveTimes_pausesForOneSecond() {
        fail(5, T);
        assertFalse(circuit.allows(T));
        assertEquals(T + 1_000, circuit.pauseEnd(T));
        assertFalse(circuit.allows(T + 999));
        assertTrue(circuit.allows(T + 1_000));
    }

    @Test
    void pauseOver_oneTryAtATime() {
        fail(5, T);
        circuit.sent();
        assertFalse(circuit.allows(T + 5_000));
        circuit.unknown();
        assertTrue(circuit.allows(T + 5_000));
    }

    @Test
    void pauses_doubleUpToThirtySeconds() {
        fail(5, T);
        long now = T;
        for (long pause : new long[] {1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000}) {
            assertEquals(now + pause, circuit.pauseEnd(now));
            now += pause;
            circuit.sent();
            circuit.unreachable(now);
        }
    }

    /// Ten tasks ran on it when it died.
    @Test
    void unreachableByManyAtOnce_pausesForOneSecond() {
        for (int i = 0; i < 10; i++) {
            circuit.sent();
        }
        for (int i = 0; i < 10; i++) {
            circuit.unreachable(T);
        }
        assertEquals(T + 1_000, circuit.pauseEnd(T));
    }

    @Test
    void answered_endsEverything() {
        fail(7, T);
        circuit.answered(T);
        assertTrue(circuit.allows(T));
        fail(5, T);
        assertEquals(T + 1_000, circuit.pauseEnd(T));
    }

    @Test
    void busy_pausesAtOnceAndForWhatWasAsked() {
        circuit.busy(T, 0);
        assertEquals(T + 1_000, circuit.pauseEnd(T));
        circuit.busy(T, 7_000);
        assertEquals(T + 7_000, circuit.pauseEnd(T));
        circuit.busy(T, 18_000_000);
        assertEquals(T + 18_000_000, circuit.pauseEnd(T), "however long it asks");
    }

    @Test
    void busyAgainDuringThePause_doesNotDoubleIt() {
        circuit.busy(T, 0);
        circuit.busy(T + 1, 0);
        assertEquals(T + 1_000, circuit.pauseEnd(T + 1));
        circuit.sent();
        circuit.busy(T + 1_000, 0);
        assertEquals(T + 3_000, circuit.pauseEnd(T + 1_000));
    }

    @Test
    void busy_anAnswerOfAnEarlierRequest_changesNothing() {
        circuit.busy(T, 7_000);
        circuit.answered(T + 1);
        circuit.reached();
        assertFalse(circuit.allows(T + 6_999));
        circuit.answered(T + 7_000);
        assertEquals(0, circuit.pauseEnd(T + 1));
    }

    @Test
    void reached_endsThatItCouldNotBe() {
        fail(7, T);
        circuit.reached();
        assertTrue(circuit.allows(T));
    }

    @Test
    void clockSetBack_endsThePause() {
        circuit.busy(T, 60_000);
        assertTrue(circuit.allows(T - 1));
    }

    private void fail(int times, long now) {
        for (int i = 0; i < times; i++) {
            circuit.sent();
            circuit.unreachable(now);
        }
    }
}
