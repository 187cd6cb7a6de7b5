package server.websocket;

/// Checks incrementally whether bytes are UTF-8 (RFC 3629), and fails at the first byte that cannot be: no surrogates,
/// nothing beyond U+10FFFF, no overlong forms.
final class Utf8Check {

    /// The number of bytes that the character still needs.
    private int left;
    /// The range of the character's next byte.
    private int min;
    private int max;

    /// Returns whether these bytes may follow the ones before. After `false` this object cannot be used any more.
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

    /// Returns whether no character is incomplete here.
    boolean whole() {
        return left == 0;
    }

    /// Begins a character; returns false if this byte cannot. The range of the second byte is from the Unicode
    /// Standard, table 3-7.
    private boolean begins(int b) {
        left = b < 0xe0 ? 1 : b < 0xf0 ? 2 : 3;
        min = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;
        max = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;
        return b >= 0xc2 && b <= 0xf4;
    }
}
