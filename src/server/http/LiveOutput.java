package server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.BooleanSupplier;

import shared.json.Slice;

/// Where the thread that made it writes a stream of events. Knows when a sign of life is due, without which a client
/// that has vanished is not noticed, and whether the client takes anything.
public final class LiveOutput {

    /// A reader that has taken nothing for so many times the time between pings is given up where room is needed.
    private static final int PINGS_MISSED_MAX = 4;
    /// How often a client gets a sign of life while the past is read for it, in which it may want nothing.
    private static final long READING_NANOS = Duration.ofSeconds(1).toNanos();

    /// For how long a client that may have the stream may have it without another look at its token.
    private static final long ALLOWED_NANOS = Duration.ofSeconds(1).toNanos();

    private final OutputStream out;
    private final long pingNanos;
    private final BooleanSupplier isAllowed;
    private final Thread thread = Thread.currentThread();

    /// When the client was last sent something, by System.nanoTime.
    private long sentAt;
    private long askedAt;
    private boolean unflushed;
    /// When the client last took something, by System.nanoTime.
    private volatile long aliveAt = System.nanoTime();

    /// @param isAllowed whether its client may still have it
    LiveOutput(OutputStream out, Duration pingEvery, BooleanSupplier isAllowed) {
        this.out = out;
        this.isAllowed = isAllowed;
        pingNanos = pingEvery.toNanos();
        sentAt = System.nanoTime();
        askedAt = sentAt;
    }

    private void write(byte[] bytes, int from, int length) throws IOException {
        long now = System.nanoTime();
        if (now - askedAt > ALLOWED_NANOS) {
            askedAt = now;
            if (!isAllowed.getAsBoolean()) {
                throw new IOException("its token is no longer valid");
            }
        }
        out.write(bytes, from, length);
        unflushed = true;
    }

    /// Writes the bytes of a text.
    public void write(Slice text) throws IOException {
        write(text.bytes(), text.from(), text.length());
    }

    /// Writes bytes.
    public void write(byte[] bytes) throws IOException {
        write(bytes, 0, bytes.length);
    }

    /// Notes that an event was written.
    public void sent() {
        aliveAt = System.nanoTime();
    }

    /// Returns whether there was something to flush.
    public boolean flush() throws IOException {
        boolean was = unflushed;
        if (was) {
            out.flush();
            unflushed = false;
            sentAt = System.nanoTime();
            aliveAt = sentAt;
        }
        return was;
    }

    /// Ends the stream well: its client knows that nothing is missing.
    public void end() throws IOException {
        out.close();
    }

    /// Returns how long it is until the client must get a sign of life, in nanoseconds; negative if that is overdue.
    ///
    /// @param working whether work is done for it meanwhile, which is wasted if it has gone
    public long untilPing(boolean working) {
        return sentAt + (working ? Math.min(READING_NANOS, pingNanos) : pingNanos) - System.nanoTime();
    }

    /// Ends the stream if its client has long stopped reading. For any thread.
    void endIfStuck() {
        if (System.nanoTime() - aliveAt > PINGS_MISSED_MAX * pingNanos) {
            thread.interrupt();
        }
    }
}
