package shared.json;

import java.nio.charset.StandardCharsets;

/// Caches short texts, so that a text that occurs again is not built again. The table has a fixed size: a text that is
/// displaced is merely built again.
final class Words {

    private static final int SIZE = 128;

    /// Longer texts seldom occur twice.
    private static final int LENGTH_MAX = 24;

    private final String[] table = new String[SIZE];

    /// Returns the UTF-8 text between two indexes.
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

    /// Finds only ASCII to be the same, because other bytes are negative.
    private static boolean same(String known, byte[] bytes, int from) {
        for (int i = 0; i < known.length(); i++) {
            if (known.charAt(i) != bytes[from + i]) {
                return false;
            }
        }
        return true;
    }
}
