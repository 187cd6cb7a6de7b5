package server.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of RFC 6455, each broken and kept, without a socket.
final class MessageReaderTest {

    private static final int MAX = 1_000;

    private final List<String> heard = new ArrayList<>();
    private final MessageReader rules = new MessageReader(MAX, new MessageReader.Listener() {
        @Override
        public void text(byte[] utf8) {
            heard.add("text " + new String(utf8, StandardCharsets.UTF_8));
        }

        @Override
        public void binary(byte[] bytes) {
            heard.add("binary " + bytes.length);
        }

        @Override
        public void ping(byte[] payload) {
            heard.add("ping " + new String(payload, StandardCharsets.UTF_8));
        }

        @Override
        public void pong(byte[] payload) {
            heard.add("pong " + new String(payload, StandardCharsets.UTF_8));
        }

        @Override
        public void closed(Close close) {
            heard.add("close " + close.code() + " " + close.reason());
        }
    });
    private final FrameReader frames = new FrameReader(rules);

    private void read(byte[]... parts) {
        byte[] all = Frames.concat(parts);
        frames.read(all, 0, all.length);
    }

    /// Reads byte by byte.
    ///
    /// @return how many bytes were taken before the breach
    private int readUntilBreach(int code, byte[]... parts) {
        byte[] all = Frames.concat(parts);
        for (int i = 0; i < all.length; i++) {
            try {
                frames.read(all, i, i + 1);
            } catch (Violation violation) {
                assertEquals(code, violation.close().code(), violation.getMessage());
                return i;
            }
        }
        throw new AssertionError("no breach; heard " + heard);
    }

    // ---- frames that no rule allows

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
    void reservedBit_isRefusedAtTheHead(int rsv) {
        for (int opcode : new int[] {FrameHead.TEXT, FrameHead.BINARY, FrameHead.PING, FrameHead.CLOSE}) {
            MessageReader fresh = new MessageReader(MAX, null);
            Violation violation = assertThrows(Violation.class,
                    () -> fresh.head(new FrameHead(true, rsv, opcode, true, 0, true)));
            assertEquals(Close.PROTOCOL_ERROR, violation.close().code());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
    void reservedOpcode_isRefusedAtTheHead(int opcode) {
        read(Frames.text("before"));
        assertEquals(5, readUntilBreach(Close.PROTOCOL_ERROR, Frames.frame(0x80 | opcode, new byte[9])));
        assertEquals(List.of("text before"), heard);
    }

    @Test
    void maskMissing_isRefusedAtTheHead() {
        assertEquals(1, readUntilBreach(Close.PROTOCOL_ERROR, Frames.frame(0x81, new byte[5], 0, false)));
    }

    @ParameterizedTest
    @CsvSource({"0,2,7", "125,2,7", "126,8,13", "0,8,13"})
    void length_inMoreBytesThanNeeded_isRefused(int length, int bytes, int at) {
        assertEquals(at, readUntilBreach(Close.PROTOCOL_ERROR, Frames.frame(0x81, new byte[length], bytes, true)));
    }

    @Test
    void length_withItsHighestBit_isRefused() {
        assertEquals(13, readUntilBreach(Close.PROTOCOL_ERROR, Frames.hex("82ff 8000000000000000 01020304")));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x08, 0x09, 0x0a})
    void controlFrame_inFragments_isRefused(int first) {
        assertEquals(5, readUntilBreach(Close.PROTOCOL_ERROR, Frames.frame(first, new byte[2])));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x88, 0x89, 0x8a})
    void controlFrame_of126Bytes_isRefusedAtTheHead(int first) {
        assertEquals(7, readUntilBreach(Close.PROTOCOL_ERROR, Frames.frame(first, new byte[126])));
    }

    // ---- messages

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 128, 1_000})
    void message_upToTheLimit_isHeard(int length) {
        read(Frames.text("x".repeat(length)), Frames.frame(0x82, new byte[length]));
        assertEquals(List.of("text " + "x".repeat(length), "binary " + length), heard);
    }

    @Test
    void message_beyondTheLimit_isRefusedAtTheHeadThatTellsIt() {
        assertEquals(7, readUntilBreach(Close.TOO_LARGE, Frames.frame(0x82, new byte[MAX + 1])));
    }

    @Test
    void message_whoseFragmentsGoBeyondTheLimit_isRefusedAtTheHeadThatTellsIt() {
        read(Frames.frame(0x01, new byte[600]), Frames.frame(0x00, new byte[399]), Frames.frame(0x00, new byte[1]));
        assertEquals(5, readUntilBreach(Close.TOO_LARGE, Frames.frame(0x80, new byte[1])));
    }

    @Test
    void message_ofTheLargestLengthThatIs_isRefusedWithoutRoomForIt() {
        assertEquals(13, readUntilBreach(Close.TOO_LARGE, Frames.hex("82ff 7fffffffffffffff 01020304")));
    }

    @Test
    void fragments_withControlFramesBetween_makeOneMessage() {
        read(Frames.frame(0x01, Frames.utf8("a")), Frames.frame(0x89, Frames.utf8("1")),
                Frames.frame(0x00, Frames.utf8("b")), Frames.frame(0x8a, Frames.utf8("2")),
                Frames.frame(0x00, new byte[0]), Frames.frame(0x89, new byte[0]),
                Frames.frame(0x80, Frames.utf8("c")), Frames.text("d"));
        assertEquals(List.of("ping 1", "pong 2", "ping ", "text abc", "text d"), heard);
    }

    @Test
    void fragments_thatAreAllEmpty_makeAnEmptyMessage() {
        read(Frames.frame(0x01, new byte[0]), Frames.frame(0x00, new byte[0]), Frames.frame(0x80, new byte[0]));
        assertEquals(List.of("text "), heard);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x80})
    void continuation_ofNothing_isRefused(int first) {
        assertEquals(5, readUntilBreach(Close.PROTOCOL_ERROR, Frames.frame(first, new byte[3])));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x80})
    void continuation_afterAWholeMessage_isRefused(int first) {
        read(Frames.frame(0x01, Frames.utf8("a")), Frames.frame(0x80, Frames.utf8("b")));
        assertEquals(5, readUntilBreach(Close.PROTOCOL_ERROR, Frames.frame(first, new byte[3])));
        assertEquals(List.of("text ab"), heard);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x01, 0x02, 0x81, 0x82})
    void message_withinAMessage_isRefused(int first) {
        read(Frames.frame(0x02, new byte[3]), Frames.frame(0x89, new byte[0]));
        assertEquals(5, readUntilBreach(Close.PROTOCOL_ERROR, Frames.frame(first, new byte[3])));
    }

    // ---- UTF-8

    @Test
    void text_cutWithinItsCharacters_isHeard() {
        byte[] text = Frames.utf8("κόσμε 𝄞 ﷽");
        for (int cut = 0; cut <= text.length; cut++) {
            heard.clear();
            read(Frames.frame(0x01, Arrays.copyOf(text, cut)), Frames.frame(0x89, new byte[0]),
                    Frames.frame(0x80, Arrays.copyOfRange(text, cut, text.length)));
            assertEquals(List.of("ping ", "text κόσμε 𝄞 ﷽"), heard);
        }
    }

    @Test
    void text_thatIsNotUtf8_isRefusedAtTheByteThatShowsIt() {
        byte[] bytes = Frames.hex("cebae1bdb9cf83cebcceb5 f4908080 656469746564");
        // the head, and the twelve bytes before the second of f490
        assertEquals(6 + 12, readUntilBreach(Close.NOT_UTF8, Frames.frame(0x81, bytes)));
    }

    @Test
    void text_thatIsNotUtf8InALaterFragment_isRefusedBeforeTheMessageHasEnded() {
        read(Frames.frame(0x01, Frames.hex("cebae1bdb9cf83cebcceb5f4")));
        assertEquals(6, readUntilBreach(Close.NOT_UTF8, Frames.frame(0x00, Frames.hex("90 80 80"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ce", "e1bd", "f09d84"})
    void text_thatEndsWithinACharacter_isRefusedAtItsEnd(String hex) {
        byte[] bytes = Frames.hex(hex);
        assertEquals(6 + bytes.length - 1, readUntilBreach(Close.NOT_UTF8, Frames.frame(0x81, bytes)));
    }

    @Test
    void binary_mayHoldAnything() {
        read(Frames.frame(0x82, Frames.hex("ff c0 80")));
        assertEquals(List.of("binary 3"), heard);
    }

    // ---- pings, pongs, the end

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125})
    void ping_withAnyPayload_isHeard(int length) {
        read(Frames.frame(0x89, Frames.utf8("p".repeat(length))), Frames.frame(0x8a, Frames.utf8("q".repeat(length))));
        assertEquals(List.of("ping " + "p".repeat(length), "pong " + "q".repeat(length)), heard);
    }

    static List<Integer> goodCodes() {
        return List.of(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999);
    }

    static List<Integer> badCodes() {
        return List.of(0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535);
    }

    @ParameterizedTest
    @MethodSource("goodCodes")
    void close_withAGoodCode_isHeard(int code) {
        read(Frames.close(code, "so it ends ✓"));
        assertEquals(List.of("close " + code + " so it ends ✓"), heard);
        assertTrue(rules.closed());
    }

    @ParameterizedTest
    @MethodSource("badCodes")
    void close_withABadCode_isRefused(int code) {
        readUntilBreach(Close.PROTOCOL_ERROR, Frames.close(code, ""));
        assertEquals(List.of(), heard);
    }

    @Test
    void close_withoutACode_isHeard() {
        read(Frames.frame(0x88, new byte[0]));
        assertEquals(List.of("close 1005 "), heard);
    }

    @Test
    void close_ofOneByte_isRefused() {
        readUntilBreach(Close.PROTOCOL_ERROR, Frames.frame(0x88, new byte[] {3}));
    }

    @Test
    void close_withAReasonThatIsNotUtf8_isRefused() {
        readUntilBreach(Close.NOT_UTF8, Frames.frame(0x88, Frames.payload(1000, Frames.hex("cebaeda080"))));
    }

    @Test
    void close_withAReasonCutWithinACharacter_isRefused() {
        readUntilBreach(Close.NOT_UTF8, Frames.frame(0x88, Frames.payload(1000, Frames.hex("ceba f09d"))));
    }

    @Test
    void close_withTheLongestReason_isHeard() {
        read(Frames.close(1000, "x".repeat(123)));
        assertEquals(List.of("close 1000 " + "x".repeat(123)), heard);
    }

    @Test
    void close_withinAMessage_endsAndWhatFollowsIsNotLookedAt() {
        read(Frames.frame(0x01, Frames.utf8("a")), Frames.close(1000, ""), Frames.frame(0x80, Frames.utf8("b")),
                Frames.frame(0x89, new byte[0]), Frames.frame(0xf3, new byte[300], 2, false), Frames.close(999, ""));
        assertEquals(List.of("close 1000 "), heard);
    }

    // ---- anything at all

    /// Random bytes and damaged frames: the messages up to the first breach are the same however the bytes are cut.
    @Test
    void randomBytes_inRandomPieces_areHeardAsTheWhole() {
        long seed = Long.getLong("seed", 42);
        Random random = new Random(seed);
        for (int round = 0; round < 4_000; round++) {
            byte[] bytes = damaged(random);
            String whole = outcome(bytes, null);
            String pieces = outcome(bytes, random);
            assertEquals(whole, pieces, "seed " + seed + ", round " + round);
        }
    }

    private static byte[] damaged(Random random) {
        byte[] all = new byte[0];
        int[] firsts = {0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8a, 0x88};
        for (int i = random.nextInt(8); i >= 0; i--) {
            byte[] payload = Frames.utf8("aé€𝄞".repeat(random.nextInt(9)));
            all = Frames.concat(all, Frames.frame(firsts[random.nextInt(firsts.length)], payload));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            all[random.nextInt(all.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return all;
    }

    /// @param random cuts the bytes; null: they are not cut
    private static String outcome(byte[] bytes, Random random) {
        MessageReaderTest fresh = new MessageReaderTest();
        try {
            for (int at = 0; at < bytes.length;) {
                int to = random == null ? bytes.length : Math.min(bytes.length, at + 1 + random.nextInt(9));
                byte[] piece = Arrays.copyOfRange(bytes, at, to);
                fresh.frames.read(piece, 0, piece.length);
                at = to;
            }
            return fresh.heard + " goes on";
        } catch (Violation violation) {
            return fresh.heard + " " + violation.close();
        }
    }
}
