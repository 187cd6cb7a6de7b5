package shared.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/// Builds compact JSON as UTF-8 bytes. The caller is responsible for the grammar (a name before each member's value);
/// the writer adds commas. A lone surrogate is written as its escape, because UTF-8 cannot represent it.
public final class JsonWriter {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /// The longest form of a character, which is its escape.
    private static final int CHAR_MAX_BYTES = 6;

    private byte[] bytes;
    private int length;

    /// Whether the next value or name has a sibling before it.
    private boolean comma;

    public JsonWriter() {
        this(256);
    }

    /// @param capacity the initial size of the buffer, in bytes
    public JsonWriter(int capacity) {
        bytes = new byte[capacity];
    }

    /// Begins an object; its members must follow, then [#endObject].
    public JsonWriter beginObject() {
        return open('{');
    }

    /// Ends the innermost object.
    public JsonWriter endObject() {
        return close('}');
    }

    /// Begins an array; its values must follow, then [#endArray].
    public JsonWriter beginArray() {
        return open('[');
    }

    /// Ends the innermost array.
    public JsonWriter endArray() {
        return close(']');
    }

    /// Writes a member's name; its value must follow.
    public JsonWriter name(String name) {
        separate();
        quote(name);
        put(':');
        comma = false;
        return this;
    }

    /// Writes a string, or null for null.
    public JsonWriter string(String value) {
        if (value == null) {
            return nul();
        }
        separate();
        quote(value);
        comma = true;
        return this;
    }

    /// Writes a whole number.
    public JsonWriter number(long value) {
        return ascii(Long.toString(value));
    }

    /// Writes a number in the given form.
    ///
    /// @param digits a JSON number
    public JsonWriter number(String digits) {
        return ascii(digits);
    }

    /// Writes true or false.
    public JsonWriter bool(boolean value) {
        return ascii(value ? "true" : "false");
    }

    /// Writes null.
    public JsonWriter nul() {
        return ascii("null");
    }

    /// Writes a value that is already JSON.
    public JsonWriter raw(byte[] json) {
        return raw(json, 0, json.length);
    }

    /// Writes a value that is already JSON, or null for null.
    public JsonWriter raw(Slice json) {
        return json == null ? nul() : raw(json.bytes(), json.from(), json.to());
    }

    /// Writes a value that is already JSON, or several with their commas.
    public JsonWriter raw(byte[] json, int from, int to) {
        separate();
        ensure(to - from);
        System.arraycopy(json, from, bytes, length, to - from);
        length += to - from;
        comma = true;
        return this;
    }

    /// Writes a tree.
    public JsonWriter value(Json value) {
        if (value instanceof Json.Obj object) {
            beginObject();
            for (Map.Entry<String, Json> member : object.members().entrySet()) {
                name(member.getKey()).value(member.getValue());
            }
            return endObject();
        }
        if (value instanceof Json.Arr array) {
            beginArray();
            array.values().forEach(this::value);
            return endArray();
        }
        if (value instanceof Json.Deep deep) {
            return raw(deep.json());
        }
        if (value instanceof Json.Str string) {
            return string(string.value());
        }
        if (value instanceof Json.Num number) {
            return number(number.digits());
        }
        return value instanceof Json.Bool bool ? bool(bool.value()) : nul();
    }

    /// Returns the number of bytes written so far.
    public int length() {
        return length;
    }

    /// Returns a copy of the bytes written so far.
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    /// Returns the buffer itself, valid up to [#length] until the next write.
    public byte[] buffer() {
        return bytes;
    }

    /// Returns the JSON written so far, without copying it.
    public Slice slice() {
        return new Slice(bytes, 0, length);
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private JsonWriter open(char bracket) {
        separate();
        put(bracket);
        comma = false;
        return this;
    }

    private JsonWriter close(char bracket) {
        put(bracket);
        comma = true;
        return this;
    }

    private JsonWriter ascii(String text) {
        separate();
        ensure(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
        comma = true;
        return this;
    }

    private void separate() {
        if (comma) {
            put(',');
        }
    }

    private void put(char ascii) {
        ensure(1);
        bytes[length++] = (byte) ascii;
    }

    private void quote(String text) {
        ensure(2 + text.length());
        bytes[length++] = '"';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (bytes.length - length <= CHAR_MAX_BYTES) {
                ensure(text.length() - i + CHAR_MAX_BYTES + 1);
            }
            if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
                bytes[length++] = (byte) c;
            } else if (c < 0x80) {
                escape(c);
            } else if (c < 0x800) {
                bytes[length++] = (byte) (0xc0 | c >> 6);
                bytes[length++] = (byte) (0x80 | c & 0x3f);
            } else if (!Character.isSurrogate(c)) {
                bytes[length++] = (byte) (0xe0 | c >> 12);
                bytes[length++] = (byte) (0x80 | c >> 6 & 0x3f);
                bytes[length++] = (byte) (0x80 | c & 0x3f);
            } else if (Character.isHighSurrogate(c) && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                bytes[length++] = (byte) (0xf0 | point >> 18);
                bytes[length++] = (byte) (0x80 | point >> 12 & 0x3f);
                bytes[length++] = (byte) (0x80 | point >> 6 & 0x3f);
                bytes[length++] = (byte) (0x80 | point & 0x3f);
            } else {
                unicode(c);
            }
        }
        bytes[length++] = '"';
    }

    private void escape(char c) {
        int known = "\"\\\n\r\t\b\f".indexOf(c);
        if (known >= 0) {
            bytes[length++] = '\\';
            bytes[length++] = (byte) "\"\\nrtbf".charAt(known);
        } else {
            unicode(c);
        }
    }

    private void unicode(char c) {
        bytes[length++] = '\\';
        bytes[length++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[c >> shift & 0xf];
        }
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), (int) Math.min(Integer.MAX_VALUE - 8,
                    2L * bytes.length)));
        }
    }
}
