package server.executor.wire;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

import server.executor.Call;
import server.executor.HostFailure;
import server.executor.OwnTrouble;
import server.executor.Outcome.Cause;
import shared.config.Durations;

/// Exchanges requests with one host. A call runs on its caller's thread; one thread watches the time of all calls.
/// Whatever ends a call early (an interrupt, the watch, a mistake in the answer) closes its connection, which tells
/// the host to stop.
public final class HostClient implements AutoCloseable {

    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /// How long a host may take to ask for a body that it was told of.
    private static final Duration CONTINUE_TIMEOUT = Duration.ofSeconds(2);

    /// How long, and how far, a whole answer is followed to its end, for its connection to be used again.
    private static final Duration TRAILER_TIME = Duration.ofMillis(500);
    private static final int TRAILER_MAX = 64 << 10;

    /// Reads an answer to its end.
    public interface Reader<T> {
        /// Reads an answer.
        T read(HttpResponse<InputStream> response, InputStream body, CallWatch watch)
                throws IOException, InterruptedException;
    }

    /// An answer that is read as it comes.
    ///
    /// @param body decoded; closing it ends the call
    public record Opened(HttpResponse<?> response, InputStream body) {
    }

    /// A connection was lost before a byte of an answer came.
    private static final class Unanswered extends Exception {
        private static final long serialVersionUID = 1;
        private final transient HostFailure failure;

        Unanswered(HostFailure failure) {
            super(failure.getMessage(), failure, false, false);
            this.failure = failure;
        }
    }

    private final String host;
    /// For what may wait: TLS, and bodies that are sent as they come. All else is done at once by the thread that sends
    /// or by the client's own one, because each change of threads costs more than the work.
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CallWatches watches = new CallWatches();
    private final Route route;
    private final HttpClient client;
    /// How many connections the client may have kept. It does not tell when one is closed, so there may be fewer.
    private final AtomicInteger kept = new AtomicInteger();

    /// Adds to a request what belongs to the trace of its call.
    public static HttpRequest.Builder traced(Call call, HttpRequest.Builder request) {
        call.trace().forEach(request::setHeader);
        return request;
    }

    /// @param host for messages
    public HostClient(String host, Route route) {
        this.host = host;
        this.route = route;
        client = client(route.tls() == null ? Runnable::run : threads);
    }

    private HttpClient client(Executor executor) {
        HttpClient.Builder client = HttpClient.newBuilder()
                // with version 2 each request would carry an upgrade to h2c
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT)
                .executor(executor);
        if (route.tls() != null) {
            client.sslContext(route.tls());
        }
        if (route.proxies() != null) {
            client.proxy(route.proxies());
        }
        return client.build();
    }

    /// Sends a request and reads its answer, on the calling thread, until the reader returns. Whatever ends the call
    /// (its end, a failure, an interrupt, the time), its connection is kept if the body was read to its end, and closed
    /// otherwise. The reader's own failures come out as they are.
    ///
    /// A kept connection may be closed by the host in the moment in which it is used again. If no byte of an answer
    /// came there, the request is sent once more on a connection of its own.
    ///
    /// @param reader reads the body from the stream that it is given, not from the response: that stream is decoded,
    ///               and counts as a sign of life whatever comes
    /// @return what the reader returned
    /// @throws HostFailure          with the cause: the host could not be reached, the connection was lost, or a time
    ///                              ran out
    /// @throws InterruptedException the thread was interrupted; the request has been taken back
    public <T> T exchange(HttpRequest request, CallTimes times, Reader<T> reader)
            throws HostFailure, InterruptedException {
        boolean perhapsKept = kept.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
        long began = System.nanoTime();
        try {
            return exchange(client, request, times, reader);
        } catch (Unanswered lost) {
            if (!perhapsKept || threads.isShutdown()) {
                throw lost.failure;
            }
        }
        // the client cannot be told to take a new connection, so it is one that has none
        HttpClient fresh = client(threads);
        try {
            Duration left = times.whole().minusNanos(System.nanoTime() - began);
            return exchange(fresh, request, times.shortened(left), reader);
        } catch (Unanswered lost) {
            throw lost.failure;
        } finally {
            fresh.shutdownNow();
        }
    }

    /// Sends a request that cannot be sent twice, on a connection of its own, and returns its answer once it begins.
    ///
    /// @param whole the longest time until the answer has ended
    /// @throws HostFailure          as [#exchange] has it
    /// @throws InterruptedException the thread was interrupted; the request has been taken back
    public Opened open(HttpRequest request, Duration whole) throws HostFailure, InterruptedException {
        CallTimes times = CallTimes.within(whole);
        HttpClient fresh = client(threads);
        CompletableFuture<HttpResponse<InputStream>> answer = fresh.sendAsync(request, BodyHandlers.ofInputStream());
        CallWatch watch = watches.start(times, () -> abandon(answer));
        Runnable end = () -> {
            watch.close();
            abandon(answer);
            fresh.shutdownNow();
        };
        boolean opened = false;
        try {
            HttpResponse<InputStream> response = response(request, answer);
            InputStream body = decoded(response, new WatchedInput(response.body(), watch));
            opened = true;
            return new Opened(response, new FilterInputStream(body) {
                @Override
                public void close() {
                    end.run();
                }
            });
        } catch (TimeoutException unasked) {
            end.run();
            return open(HttpRequest.newBuilder(request, (name, value) -> true).expectContinue(false).build(), whole);
        } catch (HostFailure known) {
            throw known;
        } catch (IOException | ExecutionException | CancellationException ended) {
            throw failure(ended, watch.verdict(), request, times, false);
        } finally {
            if (!opened) {
                end.run();
            }
        }
    }

    /// @throws TimeoutException the host does not say whether it takes the body: some never do
    private static HttpResponse<InputStream> response(HttpRequest request,
            CompletableFuture<HttpResponse<InputStream>> answer)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            if (request.expectContinue()) {
                return answer.get(CONTINUE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (TimeoutException unasked) {
            if (!(request.bodyPublisher().orElse(null) instanceof Sending body && body.begun())) {
                throw unasked;
            }
        }
        return answer.get();
    }

    private <T> T exchange(HttpClient by, HttpRequest request, CallTimes times, Reader<T> reader)
            throws HostFailure, Unanswered, InterruptedException {
        CallWatch watch = watches.start(times, Thread.currentThread()::interrupt);
        HttpResponse<InputStream> response = null;
        WatchedInput body = null;
        try {
            response = send(by, request);
            watch.answered();
            body = new WatchedInput(response.body(), watch);
            return reader.read(response, decoded(response, body), watch);
        } catch (HostFailure known) {
            throw known;
        } catch (IOException | InterruptedException ended) {
            boolean silent = watch.verdict() != CallWatch.Verdict.NONE;
            if (!silent && (ended instanceof InterruptedException || Thread.interrupted()
                    || ended.getCause() instanceof InterruptedException)) {
                throw new InterruptedException();
            }
            HostFailure failure = failure(ended, watch.verdict(), request, times, response != null);
            if (response == null && !silent && failure.outcome().cause() == Cause.PASSING
                    && !LostConnection.afterSomeBytes(ended)) {
                throw new Unanswered(failure);
            }
            throw failure;
        } finally {
            if (body != null && body.ended() && by == client) {
                kept.incrementAndGet();
            }
            watch.close();
            if (watch.verdict() != CallWatch.Verdict.NONE) {
                // the interrupt was the watch's
                Thread.interrupted();
            }
            close(response);
        }
    }

    /// Sends a request and waits for the head of its answer.
    private static HttpResponse<InputStream> send(HttpClient by, HttpRequest request)
            throws IOException, InterruptedException {
        try {
            return by.send(request, BodyHandlers.ofInputStream());
        } catch (IOException wrapped) {
            throw wrapped.getCause() instanceof IOException itself ? itself : wrapped;
        }
    }

    /// Some proxies compress what nobody asked to be compressed.
    private InputStream decoded(HttpResponse<?> response, InputStream body) throws IOException {
        String encoding = Refusal.first(response.headers(), "Content-Encoding");
        if (encoding == null) {
            return body;
        }
        return switch (encoding.strip().toLowerCase(Locale.ROOT)) {
            case "identity", "" -> body;
            case "gzip", "x-gzip" -> new GZIPInputStream(body);
            case "deflate" -> new InflaterInputStream(body);
            default -> throw new HostFailure(Cause.FINAL, host + " sent an answer with \"Content-Encoding: "
                    + encoding + "\", which was not requested; only gzip and deflate can be decoded");
        };
    }

    /// Reads to the end of a body whose answer is complete already: nothing that comes here can spoil it. It may be
    /// called again.
    public static void passTrailer(InputStream body, CallWatch watch) throws InterruptedException {
        if (watch.verdict() != CallWatch.Verdict.NONE) {
            // its time is over, and nobody would end this wait
            return;
        }
        watch.shorten(TRAILER_TIME);
        try {
            body.readNBytes(TRAILER_MAX);
        } catch (IOException late) {
            if (watch.verdict() == CallWatch.Verdict.NONE && Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        threads.shutdownNow();
    }

    private HostFailure failure(Exception ended, CallWatch.Verdict verdict, HttpRequest request, CallTimes times,
            boolean answering) {
        if (verdict == CallWatch.Verdict.NONE) {
            Throwable cause = ended instanceof ExecutionException ? ended.getCause() : ended;
            if (OwnTrouble.is(cause)) {
                return new HostFailure(Cause.OWN, "this server cannot ask " + host + ": " + cause.getMessage());
            }
            if (cause instanceof IOException failure) {
                return LostConnection.of(failure, host, answering);
            }
            throw new IllegalStateException("a call of " + host + " failed", cause);
        }
        String time = Durations.format(switch (verdict) {
            case NO_FIRST_BYTE -> times.firstByte();
            case IDLE -> times.idle();
            case TIMEOUT, NONE -> times.whole();
        });
        if (request.bodyPublisher().orElse(null) instanceof Sending body && !body.begun()) {
            return LostConnection.unreachable(host, "no answer within " + time);
        }
        return switch (verdict) {
            case NO_FIRST_BYTE -> new HostFailure(Cause.PASSING, host + " sent nothing for " + time
                    + " (first_byte_timeout)");
            case IDLE -> new HostFailure(Cause.PASSING, host + " sent nothing for " + time + " (task.idle_timeout)");
            case TIMEOUT, NONE -> new HostFailure(Cause.TIMEOUT, host + " did not finish within " + time);
        };
    }

    /// Closes the connection of a call that has not ended; nothing happens to one that has.
    private static void abandon(CompletableFuture<HttpResponse<InputStream>> answer) {
        answer.cancel(true);
        answer.whenComplete((response, failure) -> close(response));
    }

    private static void close(HttpResponse<InputStream> response) {
        if (response != null) {
            try {
                response.body().close();
            } catch (IOException ignored) {
                // it is closed, whatever it says
            }
        }
    }
}
