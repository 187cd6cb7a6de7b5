package server.dispatch;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.function.LongConsumer;

import server.executor.Pieces;
import server.order.Written;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Hands on the pieces of an answer so that none ends inside a character, and keeps the order in which text and
/// thinking came, which the result does not tell.
///
/// Hosts that decode each token by itself send the two halves of a character beyond U+FFFF as two pieces. A first half
/// is held back until the next piece of its kind. For one thread.
final class OrderedPieces implements Pieces {

    /// An answer that changes more often between text and thinking is read as if it had thought first.
    private static final int RUNS_MAX = 10_000;

    private static final long TELL_MS = 500;
    private static final int THINKING = 0;
    private static final int TEXT = 1;

    /// How far an answer is: the attempt's thread writes it, any may read it.
    static final class AnswerProgress {
        /// A piece is a token, mostly.
        volatile long pieces;
        /// When the first and the last piece came, milliseconds since the epoch; 0: none has.
        volatile long firstAt;
        volatile long lastAt;
        /// How many tokens the request lets it have; 0: not said.
        volatile long limit;

        Written written() {
            return new Written(pieces, lastAt - firstAt, limit);
        }
    }

    private final Pieces next;
    private final Runnable first;
    private final AnswerProgress progress;
    /// Is told how many pieces came since the last time.
    private final LongConsumer counted;
    private final InstantSource clock;
    private long told;
    private long toldAt;
    /// By kind: the half of a character that waits for the other; empty for none.
    private final String[] held = {"", ""};
    /// How many bytes of UTF-8 each run of one kind has; even ones are thinking, odd ones text.
    private int[] runs = new int[4];
    private int count;

    /// @param first is called before the first piece
    /// @param counted is told from time to time how many pieces came since
    OrderedPieces(Pieces next, Runnable first, AnswerProgress progress, LongConsumer counted, InstantSource clock) {
        this.counted = counted;
        this.next = next;
        this.first = first;
        this.progress = progress;
        this.clock = clock;
    }

    @Override
    public void text(String piece) {
        take(TEXT, piece);
    }

    @Override
    public void thinking(String piece) {
        take(THINKING, piece);
    }

    /// Hands on what was held back; nothing more comes.
    void end() {
        for (int kind = THINKING; kind <= TEXT; kind++) {
            hand(kind, held[kind]);
            held[kind] = "";
        }
    }

    /// The result with a member `runs`, the bytes of thinking, text, thinking and so on in the order in which they
    /// came; untouched where the answer thought first and spoke then.
    Slice withOrder(Slice result) {
        if (count <= 2 || count > RUNS_MAX) {
            return result;
        }
        JsonWriter out = new JsonWriter(result.length() + 16 + 8 * count);
        out.beginArray();
        for (int i = 0; i < count; i++) {
            out.number(runs[i]);
        }
        out.endArray();
        byte[] order = (",\"runs\":" + out + "}").getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(result.toBytes(), result.length() - 1 + order.length);
        System.arraycopy(order, 0, whole, result.length() - 1, order.length);
        return Slice.of(whole);
    }

    /// Tells of the pieces that were not told of yet.
    void tell() {
        long pieces = progress.pieces;
        if (pieces > told) {
            counted.accept(pieces - told);
            told = pieces;
        }
    }

    private void take(int kind, String piece) {
        if (piece.isEmpty()) {
            return;
        }
        progress.lastAt = clock.millis();
        if (progress.firstAt == 0) {
            progress.firstAt = progress.lastAt;
            first.run();
        }
        progress.pieces++;
        if (progress.lastAt - toldAt >= TELL_MS) {
            toldAt = progress.lastAt;
            tell();
        }
        String whole = held[kind].isEmpty() ? piece : held[kind] + piece;
        int end = whole.length() - (Character.isHighSurrogate(whole.charAt(whole.length() - 1)) ? 1 : 0);
        held[kind] = whole.substring(end);
        hand(kind, whole.substring(0, end));
    }

    private void hand(int kind, String piece) {
        if (piece.isEmpty()) {
            return;
        }
        count(kind, bytes(piece));
        if (kind == TEXT) {
            next.text(piece);
        } else {
            next.thinking(piece);
        }
    }

    private void count(int kind, int bytes) {
        if (count > RUNS_MAX) {
            return;
        }
        if (count == 0 && kind == TEXT) {
            count = 1;
        }
        if (count == 0 || (count - 1 & 1) != kind) {
            runs = count < runs.length ? runs : Arrays.copyOf(runs, 2 * count);
            runs[count++] = 0;
        }
        runs[count - 1] += bytes;
    }

    /// As an offset counts them: a half of a character is one `?`.
    private static int bytes(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(c) && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                bytes++;
            }
        }
        return bytes;
    }
}
