package server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class HoldTest {

    private static final long T = 1_000_000;

    private final Hold hold = new Hold();

    @Test
    void begin_holdsForASecond_andSaysWhyOnlySoLong() {
        assertNull(hold.reason(T));
        hold.begin("no descriptors", T);
        assertFalse(hold.allows(T + 999));
        assertEquals("no descriptors", hold.reason(T + 999));
        assertTrue(hold.allows(T + 1_000));
        assertNull(hold.reason(T + 1_000), "without a task nobody would ever try");
    }

    @Test
    void begin_againAfterATry_holdsLonger_endOfATryEndsIt() {
        hold.begin("no memory", T);
        hold.sent();
        assertEquals("no memory", hold.reason(T + 1_500), "the try is under way");
        hold.begin("no memory", T + 1_500);
        assertFalse(hold.allows(T + 3_499));
        hold.sent();
        hold.end(T + 3_600);
        assertTrue(hold.allows(T + 3_600));
        assertNull(hold.reason(T + 3_600));
    }

    @Test
    void unknown_letsTheNextTry() {
        hold.begin("no memory", T);
        hold.sent();
        hold.unknown();
        assertTrue(hold.allows(T + 1_000));
    }
}
