package server.websocket;

/// The head of a frame, before its payload (RFC 6455 section 5.2), as it was sent: nothing of it is checked.
///
/// ```
///  bit  0      1-3    4-7      8        9-15            then
///       FIN    RSV    opcode   MASK     length, or 126: 2 bytes of length, 127: 8 bytes;  if MASK 4 bytes of key
/// ```
///
/// @param fin     whether it is the last frame of its message
/// @param rsv     the three reserved bits
/// @param opcode  0 to 15
/// @param length  of the payload in bytes; negative if its highest bit was set
/// @param minimal whether the length has the shortest possible form
record FrameHead(boolean fin, int rsv, int opcode, boolean masked, long length, boolean minimal) {

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    /// The longest head there is, in bytes.
    static final int MAX_BYTES = 14;

    /// The longest payload of a control frame, in bytes.
    static final int CONTROL_MAX = 125;

    boolean control() {
        return opcode >= CLOSE;
    }
}
