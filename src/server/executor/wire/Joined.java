package server.executor.wire;

import java.util.Arrays;

import shared.json.JsonWriter;
import shared.json.Slice;

/// A JSON string or array joined from pieces. Their bytes are copied, not decoded and encoded again, so the value is as
/// the host wrote it. It is a complete value at any time.
public final class Joined {

    private byte[] bytes;
    private int length;

    /// @param value is copied
    public Joined(Slice value) {
        bytes = value.toBytes();
        length = bytes.length;
    }

    /// Returns the length of the joined value, in bytes.
    public int length() {
        return length;
    }

    /// Writes the joined value.
    public void writeTo(JsonWriter out) {
        out.raw(bytes, 0, length);
    }

    /// Appends the text of a string.
    ///
    /// @param piece a JSON string; this value must be one, too
    public void addText(Slice piece) {
        add(piece, "");
    }

    /// Appends the items of an array.
    ///
    /// @param piece a JSON array; this value must be one, too
    public void addItems(Slice piece) {
        if (holdsItems(piece)) {
            add(piece, holdsItems(new Slice(bytes, 0, length)) ? "," : "");
        }
    }

    /// Returns whether it is a string.
    public boolean isText() {
        return bytes[0] == '"';
    }

    /// Returns whether it is an array.
    public boolean isArray() {
        return bytes[0] == '[';
    }

    /// Returns whether an array has items.
    ///
    /// @param array a JSON array
    public static boolean holdsItems(Slice array) {
        return array.bytes()[AnswerLines.pastBlanks(array.bytes(), array.from() + 1, array.to())] != ']';
    }

    /// Replaces the closing quote or bracket by the separator and the piece without its opening one.
    private void add(Slice piece, String separator) {
        int more = separator.length() + piece.length() - 2;
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length + (bytes.length >> 1) + 64));
        }
        length--;
        for (int i = 0; i < separator.length(); i++) {
            bytes[length++] = (byte) separator.charAt(i);
        }
        System.arraycopy(piece.bytes(), piece.from() + 1, bytes, length, piece.length() - 1);
        length += piece.length() - 1;
    }
}
