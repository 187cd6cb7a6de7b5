package server.websocket;

import java.util.Arrays;

/// The rules of RFC 6455 for a client's frames: assembles messages from frames, with control frames possibly between
/// them, and rejects each violation at the first byte that shows it. Not thread-safe.
///
/// ```
///               text, binary (fin)                     text, binary                    continuation
///         ┌───────────────┐                    ┌───────────────────────┐             ┌──────────────┐
///         └──▶ between messages ◀──────────────│                       ▼             └──▶ within one │
///                   │            continuation (fin)                     ────────────────────────────┘
///                 close ──▶ closed, from either: what comes then is not looked at
/// ```
final class MessageReader implements FrameReader.Sink {

    /// Receives the client's messages and control frames. Its exceptions pass through.
    interface Listener {

        /// Receives a text message.
        ///
        /// @param utf8 belongs to the listener
        void text(byte[] utf8);

        void binary(byte[] bytes);

        void ping(byte[] payload);

        void pong(byte[] payload);

        /// Receives the client's Close frame, which is the last.
        void closed(Close close);
    }

    private static final int FIRST_BYTES = 256;

    private final Listener listener;
    private final int messageMax;

    private FrameHead frame;
    /// The opcode of the unfinished message; 0 if there is none.
    private int message;
    private byte[] data = new byte[FIRST_BYTES];
    private int length;
    private Utf8Check utf8;
    private final byte[] control = new byte[FrameHead.CONTROL_MAX];
    private int controlLength;
    private boolean closed;

    /// @param messageMax in bytes
    MessageReader(int messageMax, Listener listener) {
        this.messageMax = messageMax;
        this.listener = listener;
    }

    /// Returns whether the client's Close frame has arrived.
    boolean closed() {
        return closed;
    }

    @Override
    public void head(FrameHead head) {
        frame = head;
        if (closed) {
            return;
        }
        demand(head.rsv() == 0, "a reserved bit is set, and no extension was agreed on");
        demand(head.masked(), "a client's frame must be masked");
        demand(head.length() >= 0, "the highest bit of a length must be 0");
        demand(head.minimal(), "a length must use as few bytes as possible");
        switch (head.opcode()) {
            case FrameHead.CLOSE, FrameHead.PING, FrameHead.PONG -> {
                demand(head.fin(), "a control frame must not be fragmented");
                demand(head.length() <= FrameHead.CONTROL_MAX, "a control frame holds at most 125 bytes");
                controlLength = 0;
            }
            case FrameHead.TEXT, FrameHead.BINARY -> {
                demand(message == 0, "a message begins before the one before has ended");
                message = head.opcode();
                length = 0;
                utf8 = message == FrameHead.TEXT ? new Utf8Check() : null;
                demandRoom();
            }
            case FrameHead.CONTINUATION -> {
                demand(message != 0, "a continuation of no message");
                demandRoom();
            }
            default -> throw new Violation(Close.PROTOCOL_ERROR, "opcode " + head.opcode() + " means nothing");
        }
    }

    @Override
    public void payload(byte[] bytes, int from, int to) {
        if (closed) {
            return;
        }
        if (frame.control()) {
            System.arraycopy(bytes, from, control, controlLength, to - from);
            controlLength += to - from;
            return;
        }
        if (utf8 != null && !utf8.accepts(bytes, from, to)) {
            throw notUtf8();
        }
        if (data.length - length < to - from) {
            data = Arrays.copyOf(data, Math.min(messageMax, Math.max(2 * data.length, length + to - from)));
        }
        System.arraycopy(bytes, from, data, length, to - from);
        length += to - from;
    }

    @Override
    public void end() {
        if (closed) {
            return;
        }
        switch (frame.opcode()) {
            case FrameHead.CLOSE -> {
                closed = true;
                listener.closed(Close.parse(control, controlLength));
            }
            case FrameHead.PING -> listener.ping(Arrays.copyOf(control, controlLength));
            case FrameHead.PONG -> listener.pong(Arrays.copyOf(control, controlLength));
            default -> {
                if (frame.fin()) {
                    endMessage();
                }
            }
        }
    }

    private void endMessage() {
        if (utf8 != null && !utf8.whole()) {
            throw notUtf8();
        }
        int opcode = message;
        message = 0;
        byte[] whole = Arrays.copyOf(data, length);
        if (data.length > FIRST_BYTES) {
            // clients send little: the memory of a long message is not kept for the next one
            data = new byte[FIRST_BYTES];
        }
        if (opcode == FrameHead.TEXT) {
            listener.text(whole);
        } else {
            listener.binary(whole);
        }
    }

    private void demandRoom() {
        if (frame.length() > messageMax - length) {
            throw new Violation(Close.TOO_LARGE, "a message may have " + messageMax + " bytes");
        }
    }

    private static void demand(boolean kept, String rule) {
        if (!kept) {
            throw new Violation(Close.PROTOCOL_ERROR, rule);
        }
    }

    private static Violation notUtf8() {
        return new Violation(Close.NOT_UTF8, "a text message must be UTF-8");
    }
}
