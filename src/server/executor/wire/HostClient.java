package server.executor.wire;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import server.executor.HostFailure;
import server.executor.Outcome.Cause;
import shared.config.Durations;

/// Exchanges requests with one host. A call runs on its caller's thread; a virtual thread beside it watches the time.
/// Whatever ends a call early (an interrupt, the watch, a mistake in the answer) closes its connection, which tells
/// the host to stop.
public final class HostClient implements AutoCloseable {

    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /// How long, and how far, a whole answer is followed to its end, for its connection to be used again.
    private static final Duration TRAILER_TIME = Duration.ofMillis(500);
    private static final int TRAILER_MAX = 64 << 10;

    /// Reads an answer to its end.
    public interface Reader<T> {
        T read(HttpResponse<InputStream> response, InputStream body, CallWatch watch)
                throws IOException, InterruptedException;
    }

    private final String host;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newBuilder()
            // with version 2 each request would carry an upgrade to h2c
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_TIMEOUT)
            .executor(threads)
            .build();

    /// @param host for messages
    public HostClient(String host) {
        this.host = host;
    }

    /// Sends a request and reads its answer, on the calling thread, until the reader returns. Whatever ends the call
    /// (its end, a failure, an interrupt, one of the two times), its connection is given back if the body was read to
    /// its end, and closed otherwise. The reader's own failures come out as they are.
    ///
    /// @param idle    the longest time without a byte from the host, connecting included
    /// @param timeout the longest time of the whole call
    /// @param reader  reads the body from the stream that it is given, not from the response: that stream counts as a
    ///                sign of life whatever comes
    /// @return what the reader returned
    /// @throws HostFailure          with the cause: the host could not be reached, the connection was lost, or a time
    ///                              ran out
    /// @throws InterruptedException the thread was interrupted; the request has been taken back
    public <T> T exchange(HttpRequest request, Duration idle, Duration timeout, Reader<T> reader)
            throws HostFailure, InterruptedException {
        CompletableFuture<HttpResponse<InputStream>> answer =
                client.sendAsync(request, BodyHandlers.ofInputStream());
        boolean answering = false;
        try (CallWatch watch = CallWatch.start(idle, timeout, () -> abandon(answer))) {
            try {
                HttpResponse<InputStream> response = answer.get();
                answering = true;
                watch.heard();
                return reader.read(response, new WatchedInput(response.body(), watch), watch);
            } catch (HostFailure known) {
                throw known;
            } catch (IOException | ExecutionException | CancellationException ended) {
                if (Thread.interrupted() || ended.getCause() instanceof InterruptedException) {
                    throw new InterruptedException();
                }
                throw failure(ended, watch.verdict(), request, idle, timeout, answering);
            }
        } finally {
            abandon(answer);
        }
    }

    /// Reads to the end of a body whose answer is complete already: nothing that comes here can spoil it.
    public static void passTrailer(InputStream body, CallWatch watch) throws InterruptedException {
        watch.shorten(TRAILER_TIME);
        try {
            body.readNBytes(TRAILER_MAX);
        } catch (IOException late) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        threads.shutdownNow();
    }

    private HostFailure failure(Exception ended, CallWatch.Verdict verdict, HttpRequest request, Duration idle,
            Duration timeout, boolean answering) {
        if (verdict == CallWatch.Verdict.NONE) {
            Throwable cause = ended instanceof ExecutionException ? ended.getCause() : ended;
            if (cause instanceof IOException failure) {
                return LostConnection.of(failure, host, answering);
            }
            throw new IllegalStateException("a call of " + host + " failed", cause);
        }
        boolean wasIdle = verdict == CallWatch.Verdict.IDLE;
        String time = Durations.format(wasIdle ? idle : timeout);
        if (request.bodyPublisher().orElse(null) instanceof Sending body && !body.begun()) {
            return LostConnection.unreachable(host, "no answer within " + time);
        }
        return wasIdle ? new HostFailure(Cause.PASSING, host + " sent nothing for " + time)
                : new HostFailure(Cause.TIMEOUT, host + " did not finish within " + time);
    }

    /// Closes the connection of a call that has not ended; nothing happens to one that has.
    private static void abandon(CompletableFuture<HttpResponse<InputStream>> answer) {
        answer.cancel(true);
        answer.whenComplete((response, failure) -> {
            if (response != null) {
                try {
                    response.body().close();
                } catch (IOException ignored) {
                    // it is closed, whatever it says
                }
            }
        });
    }
}
