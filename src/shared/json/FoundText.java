package shared.json;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Describes for messages what is in a text where something else was expected.
final class FoundText {

    /// The most characters of a word that are quoted.
    private static final int WORD_MAX = 32;

    private FoundText() {
    }

    /// Describes the word at an index, or the single character.
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

    /// Returns whether a byte can continue a word, such as `null` or `True`.
    static boolean isOfWord(int b) {
        return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_';
    }
}
