package shared.json;

import java.nio.charset.StandardCharsets;

/// Short texts that were met lately, so that the same text is not built twice. A table of fixed size: one that is
/// crowded out is only built again.
final class Words {

    private static final int SIZE = 128;

    /// A longer one is seldom met twice.
    private static final int LENGTH_MAX = 24;

    private final String[] table = new String[SIZE];

    /// The UTF-8 text between two indexes.
    String find(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length == 0 || length > LENGTH_MAX) {
            return new String(bytes, from, length, StandardCharsets.UTF_8);
        }
        int hash = length;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        int slot = (hash ^ hash >>> 7) & SIZE - 1;
        String known = table[slot];
        if (known != null && known.length() == length && same(known, bytes, from)) {
            return known;
        }
        String text = new String(bytes, from, length, StandardCharsets.UTF_8);
        table[slot] = text;
        return text;
    }

    /// Only ASCII is found to be the same, because a byte beyond it is negative.
    private static boolean same(String known, byte[] bytes, int from) {
        for (int i = 0; i < known.length(); i++) {
            if (known.charAt(i) != bytes[from + i]) {
                return false;
            }
        }
        return true;
    }
}
