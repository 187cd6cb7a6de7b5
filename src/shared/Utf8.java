package shared;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/// Text in files and on standard input: UTF-8, with or without the byte order mark that Windows programs write.
public final class Utf8 {

    public static final String IS_UTF_16 = "the text is UTF-16; save it as UTF-8";

    private Utf8() {
    }

    /// Returns the index after a byte order mark, or `from` if there is none.
    public static int afterMark(byte[] bytes, int from, int to) {
        return to - from >= 3 && bytes[from] == (byte) 0xef && bytes[from + 1] == (byte) 0xbb
                && bytes[from + 2] == (byte) 0xbf ? from + 3 : from;
    }

    /// Returns whether a text is UTF-16: it has that byte order mark, or begins with two ASCII characters in UTF-16.
    public static boolean isUtf16(byte[] bytes, int from, int to) {
        boolean marked = to - from >= 2 && (bytes[from] == (byte) 0xff && bytes[from + 1] == (byte) 0xfe
                || bytes[from] == (byte) 0xfe && bytes[from + 1] == (byte) 0xff);
        return marked || to - from >= 4 && (isAscii(bytes, from, from + 1) || isAscii(bytes, from + 1, from));
    }

    private static boolean isAscii(byte[] bytes, int low, int high) {
        return bytes[high] == 0 && bytes[high + 2] == 0 && bytes[low] > 0 && bytes[low + 2] > 0;
    }

    /// Decodes a whole text, without its byte order mark.
    ///
    /// @param name the text's name in messages, such as a file's name
    /// @throws Problem (400) with the place of the first byte that is not UTF-8
    public static String decode(String name, byte[] bytes) {
        if (isUtf16(bytes, 0, bytes.length)) {
            throw Problem.badRequest(IS_UTF_16).at(new TextPlace(name, 1, 1, ""));
        }
        int from = afterMark(bytes, 0, bytes.length);
        CharBuffer text = CharBuffer.allocate(bytes.length);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        boolean wrong = decoder.decode(ByteBuffer.wrap(bytes, from, bytes.length - from), text, true).isError();
        String good = text.flip().toString();
        if (wrong) {
            int lineStart = good.lastIndexOf('\n') + 1;
            throw Problem.badRequest("a byte that is not UTF-8").at(new TextPlace(name,
                    1 + (int) good.chars().filter(c -> c == '\n').count(),
                    1 + good.codePointCount(lineStart, good.length()), ""));
        }
        return good;
    }
}
