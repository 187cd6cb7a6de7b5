package server.websocket;

import java.io.IOException;
import java.io.OutputStream;

/// Writes frames as a server sends them: whole messages, without a mask. Small frames are buffered, so that many take
/// one write. Not thread-safe.
public final class FrameWriter {

    private static final int BUFFER_BYTES = 16 << 10;

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int length;

    FrameWriter(OutputStream out) {
        this.out = out;
    }

    /// Writes a text message, which may stay in the buffer until [#flush].
    ///
    /// @param utf8 its bytes, which are not checked
    public void text(byte[] utf8, int from, int to) throws IOException {
        frame(FrameHead.TEXT, utf8, from, to);
    }

    void frame(int opcode, byte[] payload, int from, int to) throws IOException {
        int count = to - from;
        room(FrameHead.MAX_BYTES);
        head(opcode, count);
        if (count > BUFFER_BYTES - length) {
            flush();
        }
        if (count > BUFFER_BYTES) {
            out.write(payload, from, count);
        } else {
            System.arraycopy(payload, from, buffer, length, count);
            length += count;
        }
    }

    /// Sends what is buffered.
    public void flush() throws IOException {
        if (length > 0) {
            int count = length;
            length = 0;
            out.write(buffer, 0, count);
        }
    }

    private void head(int opcode, int count) {
        buffer[length++] = (byte) (0x80 | opcode);
        if (count <= 125) {
            buffer[length++] = (byte) count;
        } else if (count <= 0xffff) {
            buffer[length++] = 126;
            number(count, 1);
        } else {
            buffer[length++] = 127;
            number(count, 7);
        }
    }

    private void number(long number, int highest) {
        for (int i = highest; i >= 0; i--) {
            buffer[length++] = (byte) (number >> 8 * i);
        }
    }

    private void room(int count) throws IOException {
        if (count > BUFFER_BYTES - length) {
            flush();
        }
    }
}
