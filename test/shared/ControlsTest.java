package shared;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class ControlsTest {

    /// Every character there is, held against the list that the contract has.
    @Test
    void shown_everyCharacter_staysUnlessItSteers() {
        for (char c = 0; c < Character.MAX_VALUE; c++) {
            boolean c0 = c < 0x20 || c == 0x7f;
            boolean c1 = c >= 0x80 && c <= 0x9f;
            boolean bidi = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069".indexOf(c) >= 0;
            String escaped = String.format("\\u%04x", (int) c);
            assertEquals(c0 || c1 || bidi ? escaped : "" + c, Controls.shown("" + c, false), escaped);
            assertEquals(c == '\n' || c == '\t' ? "" + c : Controls.shown("" + c, false),
                    Controls.shown("" + c, true), escaped);
        }
    }

    @Test
    void shown_aCarriageReturn_staysBeforeALineFeedAlone() {
        assertEquals("a\r\nb\\u000dc\\u000d\r\n\\u000d", Controls.shown("a\r\nb\rc\r\r\n\r", true));
        assertEquals("a\\u000d\\u000ab", Controls.shown("a\r\nb", false));
    }

    @Test
    void shown_charactersBeyondU_FFFF_stay() {
        assertEquals("\ud83d\ude00", Controls.shown("\ud83d\ude00", false));
    }
}
