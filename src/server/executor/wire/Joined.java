package server.executor.wire;

import java.util.Arrays;

import shared.json.JsonWriter;
import shared.json.Slice;

/// A JSON string or array put together from pieces as they stood on the wire: their bytes are copied, never decoded
/// and encoded again, so it is as the host wrote it. It is a whole value at any time.
public final class Joined {

    private byte[] bytes;
    private int length;

    /// @param value copied
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

    /// Joins the text of a string.
    ///
    /// @param piece a JSON string, as this must be
    public void addText(Slice piece) {
        add(piece, "");
    }

    /// Joins the items of an array.
    ///
    /// @param piece a JSON array, as this must be
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

    /// Puts the separator over the closing quote or bracket, and the piece without its opening one behind it.
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
