package shared.json;

import java.nio.charset.StandardCharsets;

/// The contents of a string between its quotes: escapes and UTF-8.
final class Quoted {

    /// The letters of the short escapes, and the characters that they stand for.
    private static final String ESCAPES = "\"\\/bfnrt";
    private static final String ESCAPED = "\"\\/\b\f\n\r\t";

    private Quoted() {
    }

    /// Returns the text of bytes that have been checked.
    static String decoded(byte[] bytes, int from, int to) {
        StringBuilder text = new StringBuilder(to - from);
        int plain = from;
        for (int i = from; i < to; i++) {
            if (bytes[i] != '\\') {
                continue;
            }
            if (plain < i) {
                text.append(new String(bytes, plain, i - plain, StandardCharsets.UTF_8));
            }
            i++;
            if (bytes[i] == 'u') {
                int unit = 0;
                for (int digit = 0; digit < 4; digit++) {
                    unit = unit << 4 | Character.digit(bytes[++i], 16);
                }
                text.append((char) unit);
            } else {
                text.append(ESCAPED.charAt(ESCAPES.indexOf(bytes[i])));
            }
            plain = i + 1;
        }
        return text.append(new String(bytes, plain, to - plain, StandardCharsets.UTF_8)).toString();
    }

    /// Returns the length of the escape that begins at an index; -1 if there is none, 0 if it lacks digits.
    static int escapeLength(byte[] bytes, int at, int end) {
        int letter = at + 1 < end ? bytes[at + 1] : -1;
        if (letter != 'u') {
            return ESCAPES.indexOf(letter) >= 0 ? 2 : -1;
        }
        for (int i = 2; i < 6; i++) {
            if (at + i >= end || Character.digit(bytes[at + i], 16) < 0) {
                return 0;
            }
        }
        return 6;
    }

    /// Returns the length of the character of two to four bytes that begins at an index; 0 if it is not UTF-8 (RFC
    /// 3629: only the shortest form, no surrogates, at most U+10FFFF).
    static int characterLength(byte[] bytes, int at, int end) {
        byte first = bytes[at];
        int length = first >= (byte) 0xf0 ? 4 : first >= (byte) 0xe0 ? 3 : 2;
        if (first < (byte) 0xc2 || first > (byte) 0xf4 || at + length > end) {
            return 0;
        }
        int point = first & (0xff >> (length + 1));
        for (int i = 1; i < length; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80) {
                return 0;
            }
            point = point << 6 | bytes[at + i] & 0x3f;
        }
        boolean shortest = length == 2 || length == 3 && point >= 0x800 || length == 4 && point >= 0x10000;
        return shortest && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff) ? length : 0;
    }
}
