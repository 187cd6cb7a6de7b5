package server.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import shared.Problem;

/// Percent-decoding (RFC 3986), strict: what stands for no UTF-8 text, or for a control character, is refused.
public final class Percent {

    private Percent() {
    }

    /// Decodes a text.
    ///
    /// @param what names the text in the error message: `path`, `query`
    /// @param form whether a `+` is a blank, as in a query
    public static String decode(String what, String raw, boolean form) {
        boolean plain = true;
        for (int i = 0; plain && i < raw.length(); i++) {
            char c = raw.charAt(i);
            plain = c != '%' && c > ' ' && c < 0x7f && !(form && c == '+');
        }
        return plain ? raw : decodeBytes(what, raw, form);
    }

    /// Returns the same text with its characters beyond ASCII, of which each is a byte, percent-encoded.
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
