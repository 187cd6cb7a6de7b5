package server.websocket;

/// Extracts frames from bytes that arrive in pieces of any size, and unmasks them. Checks no rule. Not thread-safe.
final class FrameReader {

    /// Receives each frame as it arrives: its head, its payload in any number of pieces, its end.
    interface Sink {

        void head(FrameHead head);

        /// Receives a piece of the payload.
        ///
        /// @param bytes unmasked; must be copied, because they are overwritten
        void payload(byte[] bytes, int from, int to);

        void end();
    }

    private final Sink sink;
    /// The bytes of the head so far.
    private final byte[] head = new byte[FrameHead.MAX_BYTES];
    private int headLength;
    /// The length of the head in bytes, as far as it is known: at least 2.
    private int headNeeded = 2;
    /// The number of bytes of the payload still to come, unsigned.
    private long left;
    /// The position of the mask's key in the head; negative if there is no mask.
    private int key;
    /// The position in the payload, for the mask.
    private int turn;
    private long frames;

    FrameReader(Sink sink) {
        this.sink = sink;
    }

    /// Returns the number of complete frames so far.
    long frames() {
        return frames;
    }

    /// Reads bytes that have arrived, and overwrites them. An exception of the sink passes through, and then this
    /// reader cannot be used any more.
    void read(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (headLength < headNeeded) {
                head[headLength++] = bytes[at++];
                if (headLength == 2) {
                    headNeeded = needed();
                }
                if (headLength == headNeeded) {
                    begin();
                }
            } else {
                int count = Long.compareUnsigned(left, to - at) < 0 ? (int) left : to - at;
                unmask(bytes, at, at + count);
                sink.payload(bytes, at, at + count);
                at += count;
                left -= count;
                if (left == 0) {
                    end();
                }
            }
        }
    }

    private int needed() {
        int length = head[1] & 0x7f;
        return 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + (head[1] < 0 ? 4 : 0);
    }

    private void begin() {
        boolean masked = head[1] < 0;
        key = masked ? headNeeded - 4 : -1;
        turn = 0;
        int written = head[1] & 0x7f;
        left = written;
        if (written > 125) {
            left = 0;
            for (int i = 2; i < (written == 126 ? 4 : 10); i++) {
                left = left << 8 | head[i] & 0xff;
            }
        }
        boolean minimal = written <= 125 || (written == 126 ? left > 125 : left < 0 || left > 0xffff);
        sink.head(new FrameHead(head[0] < 0, head[0] >> 4 & 7, head[0] & 15, masked, left, minimal));
        if (left == 0) {
            end();
        }
    }

    private void end() {
        headLength = 0;
        headNeeded = 2;
        frames++;
        sink.end();
    }

    private void unmask(byte[] bytes, int from, int to) {
        if (key >= 0) {
            for (int i = from; i < to; i++) {
                bytes[i] ^= head[key + (turn++ & 3)];
            }
        }
    }
}
