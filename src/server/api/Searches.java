package server.api;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import server.http.GoneCallers;
import server.http.WebRequest;
import shared.Problem;

/// Runs the lists and actions that visit every task or read prompts from the disk: few at a time, in order of arrival,
/// so that searches whose clients have left delay the others only for a while.
final class Searches {

    private final int max;
    private final Duration patience;
    private final Semaphore room;
    private final GoneCallers gone;

    /// @param max      the number of searches that run at a time
    /// @param patience how long a search waits for its turn
    /// @param gone     detects clients that no longer wait for their search
    Searches(int max, Duration patience, GoneCallers gone) {
        this.gone = gone;
        this.max = max;
        this.patience = patience;
        room = new Semaphore(max, true);
    }

    /// Runs a search for a request, and ends it if the client leaves.
    ///
    /// @throws Problem 503 if that takes too long
    <T> T run(WebRequest request, Supplier<T> search) throws InterruptedException {
        try (GoneCallers.Watch _ = gone.watch(request.local(), request.remote(), Thread.currentThread()::interrupt)) {
            return run(search);
        }
    }

    /// Runs a search when its turn comes.
    ///
    /// @throws Problem 503 if that takes too long
    <T> T run(Supplier<T> search) throws InterruptedException {
        if (!room.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new Problem(503, "the search had no turn within " + patience.toSeconds() + " s: only " + max
                    + " run at a time");
        }
        try {
            return search.get();
        } finally {
            room.release();
        }
    }
}
