package server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

import server.http.Answer.Streamed;
import shared.Problem;

/// The open event streams of all kinds, with one limit for all of them.
public final class LiveOutputs {

    private final int max;
    private final Duration pingEvery;
    private final Set<LiveOutput> open = ConcurrentHashMap.newKeySet();
    /// The permits for further streams.
    private final Semaphore room;

    /// @param pingEvery the interval of signs of life on an idle stream
    public LiveOutputs(int max, Duration pingEvery) {
        this.max = max;
        this.pingEvery = pingEvery;
        room = new Semaphore(max);
    }

    /// Returns the number of open streams.
    public int count() {
        return max - room.availablePermits();
    }

    public interface LiveBody {
        /// Writes the stream, until it returns or throws.
        void writeTo(LiveOutput out) throws IOException, InterruptedException;
    }

    /// Returns an answer that is a stream of events.
    ///
    /// @throws Problem 503 if the limit is reached
    public Answer open(WebRequest request, String type, LiveBody body) {
        if (!room.tryAcquire()) {
            open.forEach(LiveOutput::endIfStuck);
            throw new Problem(503, "already " + max + " event streams are open, which is the limit");
        }
        request.atEnd(room::release);
        // behind the requests that have arrived: of a thousand streams opened at once, none waits until all others are
        // open
        Thread.yield();
        return new Streamed(type, out -> write(request, body, out), "Cache-Control", "no-cache",
                "X-Accel-Buffering", "no");
    }

    private void write(WebRequest request, LiveBody body, OutputStream to) throws IOException, InterruptedException {
        LiveOutput out = new LiveOutput(to, pingEvery, request::stillPasses);
        open.add(out);
        try {
            body.writeTo(out);
        } finally {
            open.remove(out);
        }
    }
}
