package server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.BooleanSupplier;

import shared.json.Slice;

/// The output of a stream of events, used by the thread that created it. Knows when a sign of life is due, without
/// which a vanished client is not noticed, and whether the client still takes anything.
public final class LiveOutput {

    /// After this many ping intervals in which a client took nothing, its stream may be ended to make room.
    private static final int PINGS_MISSED_MAX = 4;
    /// The interval of signs of life while past events are read for a client, none of which it may want.
    private static final long READING_NANOS = Duration.ofSeconds(1).toNanos();

    /// How long a client's access is valid before its token is checked again.
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

    /// @param isAllowed whether the client may still receive it
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

    /// Flushes what was written, and returns whether there was anything.
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

    /// Ends the stream normally, so that the client knows that nothing is missing.
    public void end() throws IOException {
        out.close();
    }

    /// Returns the time until the next sign of life is due, in nanoseconds; negative if it is overdue.
    ///
    /// @param working whether work is being done for the client, which is wasted if the client has gone
    public long untilPing(boolean working) {
        return sentAt + (working ? Math.min(READING_NANOS, pingNanos) : pingNanos) - System.nanoTime();
    }

    /// Ends the stream if its client stopped reading long ago. May be called by any thread.
    void endIfStuck() {
        if (System.nanoTime() - aliveAt > PINGS_MISSED_MAX * pingNanos) {
            thread.interrupt();
        }
    }
}
