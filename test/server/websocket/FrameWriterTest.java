package server.websocket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FrameWriterTest {

    @ParameterizedTest
    @CsvSource({"0,8100", "1,8101", "125,817d", "126,817e007e", "127,817e007f", "128,817e0080", "65535,817effff",
            "65536,817f0000000000010000", "200000,817f0000000000030d40"})
    void text_ofEachLength_hasTheShortestHead(int length, String head) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FrameWriter writer = new FrameWriter(out);
        byte[] payload = new byte[length + 2];
        new Random(length).nextBytes(payload);
        writer.text(payload, 1, length + 1);
        writer.flush();
        byte[] sent = out.toByteArray();
        assertEquals(head, HexFormat.of().formatHex(sent, 0, head.length() / 2));
        assertArrayEquals(Arrays.copyOfRange(payload, 1, length + 1),
                Arrays.copyOfRange(sent, head.length() / 2, sent.length));
    }

    @Test
    void frames_thatAreSmall_takeOneWrite() throws IOException {
        int[] writes = new int[1];
        OutputStream counting = new OutputStream() {
            @Override
            public void write(int b) {
                throw new AssertionError("byte by byte");
            }

            @Override
            public void write(byte[] bytes, int from, int count) {
                writes[0]++;
            }
        };
        FrameWriter writer = new FrameWriter(counting);
        byte[] event = new byte[300];
        for (int i = 0; i < 50; i++) {
            writer.text(event, 0, event.length);
        }
        assertEquals(0, writes[0]);
        writer.flush();
        writer.flush();
        assertEquals(1, writes[0]);
        for (int i = 0; i < 100; i++) {
            writer.text(event, 0, event.length);
        }
        writer.flush();
        assertEquals(3, writes[0]);
    }

    @Test
    void frames_ofAllSizesMixed_comeOutInOrder() throws IOException {
        Random random = new Random(7);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FrameWriter writer = new FrameWriter(out);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int i = 0; i < 400; i++) {
            byte[] payload = new byte[random.nextInt(10) == 0 ? random.nextInt(40_000) : random.nextInt(300)];
            random.nextBytes(payload);
            writer.frame(FrameHead.BINARY, payload, 0, payload.length);
            int bytes = payload.length <= 125 ? 0 : payload.length <= 0xffff ? 2 : 8;
            expected.writeBytes(Frames.frame(0x82, payload, bytes, false));
        }
        writer.flush();
        assertArrayEquals(expected.toByteArray(), out.toByteArray());
    }
}
