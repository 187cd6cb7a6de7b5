package server.websocket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameReaderTest {

    /// What a reader reported: each frame's head and whole payload.
    private static final class Told implements FrameReader.Sink {

        private final List<FrameHead> heads = new ArrayList<>();
        private final List<String> payloads = new ArrayList<>();
        private ByteArrayOutputStream payload;
        private int ends;

        @Override
        public void head(FrameHead head) {
            assertEquals(heads.size(), ends, "a head before the frame before has ended");
            heads.add(head);
            payload = new ByteArrayOutputStream();
        }

        @Override
        public void payload(byte[] bytes, int from, int to) {
            assertTrue(to > from, "an empty piece");
            payload.write(bytes, from, to - from);
        }

        @Override
        public void end() {
            payloads.add(HexFormat.of().formatHex(payload.toByteArray()));
            ends++;
        }
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,0", "125,0", "126,2", "127,2", "128,2", "65535,2", "65536,8", "70000,8"})
    void read_ofEachLength_tellsIt(int length, int bytes) {
        byte[] payload = new byte[length];
        new Random(length).nextBytes(payload);
        for (boolean masked : new boolean[] {true, false}) {
            Told told = new Told();
            byte[] frame = Frames.frame(0x82, payload, bytes, masked);
            new FrameReader(told).read(frame, 0, frame.length);
            assertEquals(List.of(new FrameHead(true, 0, 2, masked, length, true)), told.heads);
            assertEquals(List.of(HexFormat.of().formatHex(payload)), told.payloads);
        }
    }

    @ParameterizedTest
    @CsvSource({"0,2", "125,2", "0,8", "125,8", "126,8", "65535,8"})
    void read_ofALengthInMoreBytesThanNeeded_saysSo(int length, int bytes) {
        Told told = new Told();
        byte[] frame = Frames.frame(0x82, new byte[length], bytes, true);
        new FrameReader(told).read(frame, 0, frame.length);
        assertEquals(List.of(new FrameHead(true, 0, 2, true, length, false)), told.heads);
        assertEquals(1, told.payloads.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"827f ffffffffffffffff", "827f 8000000000000000"})
    void read_ofALengthWithItsHighestBit_isNegative(String hex) {
        Told told = new Told();
        byte[] frame = Frames.hex(hex);
        new FrameReader(told).read(frame, 0, frame.length);
        assertTrue(told.heads.getFirst().length() < 0);
        assertTrue(told.payloads.isEmpty());
    }

    @Test
    void read_ofTheExamplesOfTheRfc_tellsThem() {
        Told told = new Told();
        // section 5.7
        byte[] bytes = Frames.hex("810548656c6c6f 818537fa213d7f9f4d5158 010348656c 80026c6f 890548656c6c6f"
                + "8a8537fa213d7f9f4d5158");
        new FrameReader(told).read(bytes, 0, bytes.length);
        assertEquals(List.of(new FrameHead(true, 0, 1, false, 5, true), new FrameHead(true, 0, 1, true, 5, true),
                new FrameHead(false, 0, 1, false, 3, true), new FrameHead(true, 0, 0, false, 2, true),
                new FrameHead(true, 0, 9, false, 5, true), new FrameHead(true, 0, 10, true, 5, true)), told.heads);
        assertEquals(List.of("48656c6c6f", "48656c6c6f", "48656c", "6c6f", "48656c6c6f", "48656c6c6f"), told.payloads);
    }

    /// Whatever the bytes are and however they come: the same frames, and every byte belongs to one.
    @Test
    void read_ofRandomBytesInRandomPieces_isAsOfTheWhole() {
        long seed = Long.getLong("seed", 42);
        Random random = new Random(seed);
        for (int round = 0; round < 3_000; round++) {
            byte[] bytes = round % 2 == 0 ? garbage(random) : frames(random);
            Told whole = new Told();
            FrameReader one = new FrameReader(whole);
            one.read(bytes.clone(), 0, bytes.length);
            Told pieces = new Told();
            FrameReader other = new FrameReader(pieces);
            byte[] again = bytes.clone();
            for (int at = 0; at < again.length;) {
                int to = Math.min(again.length, at + 1 + random.nextInt(1 + random.nextInt(40)));
                // in an array of its own, as a socket's buffer would be
                byte[] piece = Arrays.copyOfRange(again, at, to);
                other.read(piece, 0, piece.length);
                at = to;
            }
            String what = "seed " + seed + ", round " + round;
            assertEquals(whole.heads, pieces.heads, what);
            assertEquals(whole.payloads, pieces.payloads, what);
            assertEquals(whole.payload == null ? -1 : whole.payload.size(),
                    pieces.payload == null ? -1 : pieces.payload.size(), what);
            assertEquals(one.frames(), other.frames(), what);
        }
    }

    @Test
    void read_ofRandomFrames_givesThemBack() {
        long seed = Long.getLong("seed", 42);
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            byte[] payload = new byte[random.nextInt(300)];
            random.nextBytes(payload);
            int first = random.nextInt(256);
            byte[] frame = Frames.frame(first, payload);
            Told told = new Told();
            new FrameReader(told).read(frame, 0, frame.length);
            FrameHead head = told.heads.getFirst();
            assertEquals(first, (head.fin() ? 0x80 : 0) | head.rsv() << 4 | head.opcode(), "seed " + seed);
            assertArrayEquals(payload, HexFormat.of().parseHex(told.payloads.getFirst()), "seed " + seed);
        }
    }

    private static byte[] garbage(Random random) {
        byte[] bytes = new byte[random.nextInt(400)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] frames(Random random) {
        byte[] all = new byte[0];
        for (int i = random.nextInt(6); i >= 0; i--) {
            byte[] payload = new byte[random.nextInt(4) == 0 ? 120 + random.nextInt(20) : random.nextInt(20)];
            random.nextBytes(payload);
            int bytes = payload.length > 125 || random.nextInt(9) == 0 ? random.nextBoolean() ? 2 : 8 : 0;
            all = Frames.concat(all, Frames.frame(random.nextInt(256), payload, bytes, random.nextBoolean()));
        }
        return all;
    }
}
