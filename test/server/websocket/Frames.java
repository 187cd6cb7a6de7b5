package server.websocket;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Frames as a client sends them, right and wrong.
public final class Frames {

    private static final byte[] KEY = {0x37, (byte) 0xfa, 0x21, 0x3d};

    private Frames() {
    }

    public static byte[] text(String text) {
        return frame(0x81, utf8(text));
    }

    public static byte[] close(int code, String reason) {
        return frame(0x88, payload(code, utf8(reason)));
    }

    /// What a Close frame holds.
    public static byte[] payload(int code, byte[] reason) {
        return concat(new byte[] {(byte) (code >> 8), (byte) code}, reason);
    }

    /// A masked frame with a length of the fewest bytes.
    ///
    /// @param first FIN, the reserved bits and the opcode
    public static byte[] frame(int first, byte[] payload) {
        int bytes = payload.length <= 125 ? 0 : payload.length <= 0xffff ? 2 : 8;
        return frame(first, payload, bytes, true);
    }

    /// @param bytes in how many bytes behind the second one the length is written: 0, 2, 8
    public static byte[] frame(int first, byte[] payload, int bytes, boolean masked) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(first);
        frame.write((masked ? 0x80 : 0) | (bytes == 0 ? payload.length : bytes == 2 ? 126 : 127));
        for (int i = bytes - 1; i >= 0; i--) {
            frame.write((int) ((long) payload.length >> 8 * i));
        }
        if (masked) {
            frame.writeBytes(KEY);
        }
        for (int i = 0; i < payload.length; i++) {
            frame.write(masked ? payload[i] ^ KEY[i & 3] : payload[i]);
        }
        return frame.toByteArray();
    }

    public static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
