package server.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import shared.Problem;

/// Strict percent-decoding (RFC 3986): bytes that are not UTF-8, and control characters, are rejected.
public final class Percent {

    private Percent() {
    }

    /// Decodes a text.
    ///
    /// @param what the name of the text in error messages: `path`, `query`
    /// @param form whether a `+` is a space, as in a query
    /// @throws Problem 400 if the text is malformed
    public static String decode(String what, String raw, boolean form) {
        boolean plain = true;
        for (int i = 0; plain && i < raw.length(); i++) {
            char c = raw.charAt(i);
            plain = c != '%' && c > ' ' && c < 0x7f && !(form && c == '+');
        }
        return plain ? raw : decodeBytes(what, raw, form);
    }

    /// Returns the text with its non-ASCII characters, each of which is a byte, percent-encoded.
    static String ascii(String raw) {
        StringBuilder ascii = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            ascii.append(c > 0x7f ? String.format(Locale.ROOT, "%%%02X", (int) c) : String.valueOf(c));
        }
        return ascii.toString();
    }

    private static String decodeBytes(String what, String raw, boolean form) {
        byte[] bytes = new byte[raw.length()];
        int length = 0;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                int high = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
                int low = high < 0 ? -1 : Character.digit(raw.charAt(i + 2), 16);
                if (low < 0) {
                    throw Problem.badRequest("in the " + what + " a % must be followed by two hexadecimal digits");
                }
                bytes[length++] = (byte) (high << 4 | low);
                i += 2;
            } else if (c <= ' ' || c >= 0x7f) {
                throw Problem.badRequest("in the " + what + " a character other than ASCII must be percent-encoded");
            } else {
                bytes[length++] = (byte) (form && c == '+' ? ' ' : c);
            }
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
            for (int i = 0; i < text.length(); i++) {
                if (Character.isISOControl(text.charAt(i))) {
                    throw Problem.badRequest("the " + what + " holds a control character");
                }
            }
            return text;
        } catch (CharacterCodingException notUtf8) {
            throw Problem.badRequest("the percent-encoded bytes of the " + what + " are not UTF-8");
        }
    }
}
