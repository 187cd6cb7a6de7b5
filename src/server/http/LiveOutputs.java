package server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

import server.http.Answer.Streamed;
import shared.Problem;

/// The streams of events that are open, of all kinds: a limit for all of them together.
public final class LiveOutputs {

    private final int max;
    private final Duration pingEvery;
    private final Set<LiveOutput> open = ConcurrentHashMap.newKeySet();
    /// How many more may be open.
    private final Semaphore room;

    /// @param pingEvery how often an idle stream gives a sign of life
    public LiveOutputs(int max, Duration pingEvery) {
        this.max = max;
        this.pingEvery = pingEvery;
        room = new Semaphore(max);
    }

    /// Returns how many are open.
    public int count() {
        return max - room.availablePermits();
    }

    public interface LiveBody {
        /// Writes the stream, until it returns or throws.
        void writeTo(LiveOutput out) throws IOException, InterruptedException;
    }

    /// Returns an answer that is a stream of events.
    ///
    /// @throws Problem 503 if there are too many already
    public Answer open(WebRequest request, String type, LiveBody body) {
        if (!room.tryAcquire()) {
            open.forEach(LiveOutput::endIfStuck);
            throw new Problem(503, "already " + max + " event streams are open, which is the limit");
        }
        request.atEnd(room::release);
        // behind the requests that have come: of a thousand streams that are opened at once nobody waits for the rest
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
