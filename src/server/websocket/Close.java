package server.websocket;

import java.nio.charset.StandardCharsets;

/// How a connection ends (RFC 6455 section 7.4): a code, and a reason for people.
public record Close(int code, String reason) {

    public static final int GOING_AWAY = 1001;
    public static final int PROTOCOL_ERROR = 1002;
    public static final int UNSUPPORTED_DATA = 1003;
    /// The code of a Close frame without a code; never sent.
    public static final int NO_STATUS = 1005;
    /// The code of a connection that ended without a Close frame; never sent.
    public static final int ABNORMAL = 1006;
    static final int NOT_UTF8 = 1007;
    public static final int POLICY = 1008;
    public static final int TOO_LARGE = 1009;
    public static final int INTERNAL_ERROR = 1011;
    public static final int TRY_AGAIN_LATER = 1013;

    /// Returns whether a Close frame may contain this code: those registered with IANA for that, and those reserved for
    /// libraries and applications.
    static boolean mayBeSent(int code) {
        return code >= 1000 && code <= 1014 && code != 1004 && code != NO_STATUS && code != ABNORMAL
                || code >= 3000 && code <= 4999;
    }

    /// Parses the payload of a Close frame.
    ///
    /// @throws Violation if it is malformed
    static Close parse(byte[] payload, int length) {
        if (length == 0) {
            return new Close(NO_STATUS, "");
        }
        int code = length == 1 ? 0 : (payload[0] & 0xff) << 8 | payload[1] & 0xff;
        if (!mayBeSent(code)) {
            throw new Violation(PROTOCOL_ERROR, length == 1 ? "a Close frame of one byte"
                    : "a Close frame must not have the code " + code);
        }
        Utf8Check utf8 = new Utf8Check();
        if (!utf8.accepts(payload, 2, length) || !utf8.whole()) {
            throw new Violation(NOT_UTF8, "the reason of a Close frame must be UTF-8");
        }
        return new Close(code, new String(payload, 2, length - 2, StandardCharsets.UTF_8));
    }

    /// Returns the payload of a Close frame; a reason that is too long is cut.
    byte[] payload() {
        if (code == NO_STATUS) {
            return new byte[0];
        }
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, FrameHead.CONTROL_MAX - 2);
        while (length < text.length && (text[length] & 0xc0) == 0x80) {
            length--;
        }
        byte[] payload = new byte[2 + length];
        payload[0] = (byte) (code >> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, length);
        return payload;
    }
}
