package server.task;

import java.nio.charset.StandardCharsets;

import shared.json.Slice;

/// The beginning of a prompt, for lists.
final class Preview {

    /// The length of a preview, in characters (code points).
    static final int LENGTH = 80;

    private Preview() {
    }

    /// Returns the first characters of a text, without splitting a surrogate pair.
    ///
    /// @param length in characters (code points)
    static String of(String text, int length) {
        int end = 0;
        for (int i = 0; i < length && end < text.length(); i++) {
            end += Character.charCount(text.codePointAt(end));
        }
        return text.substring(0, end);
    }

    /// Returns the first [#LENGTH] characters of a JSON string; the rest of it is not read.
    ///
    /// @param quoted a valid JSON string, quotes included
    static String ofJson(Slice quoted) {
        byte[] json = quoted.bytes();
        int end = quoted.to() - 1;
        int plain = quoted.from() + 1;
        int plainEnd = Math.min(end, plain + LENGTH);
        while (plain < plainEnd && json[plain] >= 0 && json[plain] != '\\') {
            plain++;
        }
        if (plain == plainEnd) {
            int from = quoted.from() + 1;
            return new String(json, from, plain - from, StandardCharsets.ISO_8859_1);
        }
        StringBuilder text = new StringBuilder(2 * LENGTH);
        int points = 0;
        int at = quoted.from() + 1;
        while (at < end) {
            int point = json[at];
            int next = at + 1;
            if (point == '\\') {
                point = escape(json, at);
                next = json[at + 1] == 'u' ? at + 6 : at + 2;
            } else if (point < 0) {
                int more = (point & 0xff) >= 0xf0 ? 3 : (point & 0xff) >= 0xe0 ? 2 : 1;
                point &= 0x3f >> more;
                for (; next <= at + more; next++) {
                    point = point << 6 | json[next] & 0x3f;
                }
            }
            boolean second = point <= Character.MAX_VALUE && Character.isLowSurrogate((char) point)
                    && text.length() > 0 && Character.isHighSurrogate(text.charAt(text.length() - 1));
            if (!second && points++ == LENGTH) {
                break;
            }
            text.appendCodePoint(point);
            at = next;
        }
        return text.toString();
    }

    private static int escape(byte[] json, int at) {
        return switch (json[at + 1]) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> Integer.parseInt(new String(json, at + 2, 4, StandardCharsets.US_ASCII), 16);
            default -> json[at + 1];
        };
    }
}
