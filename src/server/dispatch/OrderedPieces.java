package server.dispatch;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.function.LongConsumer;

import server.executor.Pieces;
import server.order.Written;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Passes on the pieces of an answer so that none ends inside a character, and records the order in which text and
/// thinking arrived, which the result does not contain.
///
/// Hosts that decode each token by itself send the two halves of a character beyond U+FFFF as two pieces. A first half
/// is held back until the next piece of its kind. For one thread.
final class OrderedPieces implements Pieces {

    /// An answer that alternates more often between text and thinking is treated as if it had thought first.
    private static final int RUNS_MAX = 10_000;

    private static final long TELL_MS = 500;
    private static final int THINKING = 0;
    private static final int TEXT = 1;

    /// The progress of an answer: the attempt's thread writes it, any thread may read it.
    static final class AnswerProgress {
        /// A piece is usually a token.
        volatile long pieces;
        /// When the first and the last piece arrived, milliseconds since the epoch; 0: none has.
        volatile long firstAt;
        volatile long lastAt;
        /// How many tokens the request allows; 0: not given.
        volatile long limit;

        Written written() {
            return new Written(pieces, lastAt - firstAt, limit);
        }
    }

    private final Pieces next;
    private final Runnable first;
    private final AnswerProgress progress;
    /// Is called with the number of pieces that have arrived since the last call.
    private final LongConsumer counted;
    private final InstantSource clock;
    private long told;
    private long toldAt;
    /// By kind: the half of a character that waits for the other; empty for none.
    private final String[] held = {"", ""};
    /// The length of each run of one kind in UTF-8 bytes; even ones are thinking, odd ones text.
    private int[] runs = new int[4];
    private int count;

    /// @param first is called before the first piece
    /// @param counted is called from time to time with the number of pieces that have arrived since
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

    /// Passes on what was held back; to be called at the end.
    void end() {
        for (int kind = THINKING; kind <= TEXT; kind++) {
            hand(kind, held[kind]);
            held[kind] = "";
        }
    }

    /// Returns the result with a member `runs`, the bytes of thinking, text, thinking and so on in order of arrival;
    /// unchanged if the answer first thought and then spoke.
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

    /// Reports the pieces that were not reported yet.
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

    /// Returns the length as offsets count it: half a character is one `?`.
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
