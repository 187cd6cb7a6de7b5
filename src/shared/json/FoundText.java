package shared.json;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// What stands at a place of a text where something else was expected, as messages tell it.
final class FoundText {

    /// So much of a word is told.
    private static final int WORD_MAX = 32;

    private FoundText() {
    }

    /// Tells the word at an index, or the one character.
    ///
    /// @param end where the text ends
    static String at(byte[] bytes, int at, int end) {
        if (at >= end) {
            return "the end of the text";
        }
        int b = bytes[at];
        if (b > 0x20 && b < 0x7f) {
            int to = at + 1;
            while (isOfWord(b) && to < end && isOfWord(bytes[to]) && to - at < WORD_MAX) {
                to++;
            }
            return "'" + new String(bytes, at, to - at, StandardCharsets.ISO_8859_1) + "'";
        }
        int found = new String(bytes, at, Math.min(4, end - at), StandardCharsets.UTF_8).codePointAt(0);
        boolean broken = found == 0xfffd;
        return String.format(Locale.ROOT, broken ? "byte 0x%02x" : "U+%04X", broken ? b & 0xff : found);
    }

    /// Whether a byte goes on with a word, as `null` and `True` are some.
    static boolean isOfWord(int b) {
        return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_';
    }
}
