package server.websocket;

/// Tells whether bytes are UTF-8 (RFC 3629) as they come, with the first byte that cannot be: no surrogates, nothing
/// beyond U+10FFFF, no form longer than need be.
final class Utf8Check {

    /// How many bytes the character still needs.
    private int left;
    /// What the next byte of the character may be.
    private int min;
    private int max;

    /// Whether these bytes may follow those before. After a `false` this is of no more use.
    boolean accepts(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            int b = bytes[i] & 0xff;
            if (left == 0) {
                if (b >= 0x80 && !begins(b)) {
                    return false;
                }
            } else if (b < min || b > max) {
                return false;
            } else {
                left--;
                min = 0x80;
                max = 0xbf;
            }
        }
        return true;
    }

    /// Whether no character is cut off here.
    boolean whole() {
        return left == 0;
    }

    /// The second byte's bounds are the Unicode Standard's, table 3-7.
    private boolean begins(int b) {
        left = b < 0xe0 ? 1 : b < 0xf0 ? 2 : 3;
        min = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;
        max = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;
        return b >= 0xc2 && b <= 0xf4;
    }
}
