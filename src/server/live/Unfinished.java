package server.live;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/// The beginnings of the texts of attempts that did not complete: in memory only, the newest ones. Thread-safe.
final class Unfinished {

    /// The part kept of one attempt, in characters.
    static final int ONE_MAX = 4_096;
    /// The limit of all together, in characters.
    private static final int ALL_MAX = 2 << 20;

    private record Key(long task, int attempt) {
    }

    // guarded by this object's lock
    private final Map<Key, String> texts = new HashMap<>();
    /// The oldest first.
    private final Queue<Key> order = new ArrayDeque<>();
    private int chars;

    /// Keeps the beginning of an attempt's text, without thinking; nothing if that is empty.
    synchronized void keep(long task, int attempt, AnswerBuffer answer) {
        StringBuilder text = new StringBuilder();
        for (AnswerBuffer.Chunk chunk = answer.read(0); chunk != null && text.length() < ONE_MAX;
                chunk = answer.read(chunk.end())) {
            text.append(chunk.thinking() ? "" : chunk.text());
        }
        if (text.isEmpty()) {
            return;
        }
        int end = Math.min(ONE_MAX, text.length());
        // not in the middle of a surrogate pair
        text.setLength(Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
        Key key = new Key(task, attempt);
        String before = texts.put(key, text.toString());
        if (before == null) {
            order.add(key);
        }
        chars += text.length() - (before == null ? 0 : before.length());
        while (chars > ALL_MAX) {
            chars -= texts.remove(order.remove()).length();
        }
    }

    /// Returns the beginning of an attempt's text; null if it is not kept.
    synchronized String of(long task, int attempt) {
        return texts.get(new Key(task, attempt));
    }
}
