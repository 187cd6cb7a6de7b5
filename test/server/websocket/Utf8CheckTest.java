package server.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class Utf8CheckTest {

    private static final int[] EDGES = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0,
            0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xfc, 0xff};

    @Test
    void accepts_everyCharacter() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                byte[] bytes = Character.toString(point).getBytes(StandardCharsets.UTF_8);
                Utf8Check utf8 = new Utf8Check();
                assertTrue(utf8.accepts(bytes, 0, bytes.length) && utf8.whole(), Integer.toHexString(point));
            }
        }
    }

    /// All sequences of up to four bytes at the limits of what is valid. The JDK's decoder says what is valid. A
    /// beginning that can still become valid must not be refused, and one that cannot must not be accepted.
    @Test
    void accepts_everySequenceOfEdges_asTheJdkDoes() {
        int[] at = new int[4];
        byte[] bytes = new byte[4];
        for (int i = 0; i < 26 * 26 * 26 * 26; i++) {
            for (int k = 0, rest = i; k < 4; k++, rest /= 26) {
                at[k] = rest % 26;
                bytes[k] = (byte) EDGES[at[k]];
            }
            Utf8Check utf8 = new Utf8Check();
            boolean right = utf8.accepts(bytes, 0, 4) && utf8.whole();
            if (right != decodes(bytes, 4)) {
                assertEquals(decodes(bytes, 4), right, HexFormat.of().formatHex(bytes));
            }
        }
    }

    @Test
    void accepts_aBeginning_ifAndOnlyIfItCanBecomeRight() {
        Random random = new Random(11);
        for (int i = 0; i < 60_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(4)];
            for (int k = 0; k < bytes.length; k++) {
                bytes[k] = (byte) EDGES[random.nextInt(EDGES.length)];
            }
            assertEquals(canBecomeRight(bytes), new Utf8Check().accepts(bytes, 0, bytes.length),
                    () -> HexFormat.of().formatHex(bytes));
        }
    }

    /// The first byte that shows it, as the public conformance suites ask (6.4).
    @ParameterizedTest
    @CsvSource({"ceba e1bdb9 cf83 cebc ceb5 f4908080 656469746564, 12", "eda080, 1", "c0af, 0", "e080af, 1",
            "f08080af, 1", "f888808080, 0", "ff, 0", "80, 0", "61bf, 1", "f48fbfbff4, -1", "e2, -1", "f09f, -1",
            "edbfbf, 1", "f5, 0", "f490, 1", "c1bf, 0"})
    void accepts_whatIsWrong_upToTheFirstByteThatShowsIt(String hex, int wrong) {
        byte[] bytes = Frames.hex(hex);
        Utf8Check utf8 = new Utf8Check();
        for (int i = 0; i < bytes.length; i++) {
            boolean accepted = utf8.accepts(bytes, i, i + 1);
            if (i == wrong) {
                assertFalse(accepted);
                return;
            }
            assertTrue(accepted, "byte " + i);
        }
        assertEquals(-1, wrong);
        assertFalse(utf8.whole());
    }

    private static boolean canBecomeRight(byte[] bytes) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 3);
        int[] next = {0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf};
        for (int more = 0; more <= 3; more++) {
            for (int second : next) {
                Arrays.fill(longer, bytes.length, longer.length, (byte) 0x80);
                longer[bytes.length] = (byte) second;
                if (decodes(longer, bytes.length + more)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean decodes(byte[] bytes, int length) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        return decoder.decode(ByteBuffer.wrap(bytes, 0, length), CharBuffer.allocate(8), true).isUnderflow();
    }
}
