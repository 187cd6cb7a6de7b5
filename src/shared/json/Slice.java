package shared.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A range of bytes in an array, so that a value can be passed on without a copy. It keeps the whole array alive.
public record Slice(byte[] bytes, int from, int to) {

    /// Makes a slice of a whole array, which is not copied.
    public static Slice of(byte[] bytes) {
        return new Slice(bytes, 0, bytes.length);
    }

    /// Returns the number of bytes.
    public int length() {
        return to - from;
    }

    /// Returns a copy of the bytes.
    public byte[] toBytes() {
        return Arrays.copyOfRange(bytes, from, to);
    }

    /// Returns the bytes decoded as UTF-8.
    public String text() {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
}
