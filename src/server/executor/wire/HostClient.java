package server.executor.wire;

import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

import server.executor.Call;
import server.executor.HostFailure;
import server.executor.OwnTrouble;
import server.executor.Outcome.Cause;
import shared.config.Durations;

/// Exchanges requests with one host. A call runs on its caller's thread; one thread watches the time of all calls.
/// Anything that ends a call early (an interrupt, the watch, an error in the answer) closes its connection, which tells
/// the host to stop.
public final class HostClient implements AutoCloseable {

    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /// How long a host may take to ask for a body that was announced to it.
    private static final Duration CONTINUE_TIMEOUT = Duration.ofSeconds(2);

    /// How long, and how far, reading continues after a complete answer, so that its connection can be used again.
    private static final Duration TRAILER_TIME = Duration.ofMillis(500);
    private static final int TRAILER_MAX = 64 << 10;

    /// Reads an answer to its end.
    public interface Reader<T> {
        /// Reads an answer.
        T read(HttpResponse<InputStream> response, InputStream body, CallWatch watch)
                throws IOException, InterruptedException;
    }

    /// An answer that is read while it arrives.
    ///
    /// @param body the decoded body; closing it ends the call
    public record Opened(HttpResponse<?> response, InputStream body) {
    }

    /// A connection was lost before the first byte of an answer.
    private static final class Unanswered extends Exception {
        private static final long serialVersionUID = 1;
        private final transient HostFailure failure;

        Unanswered(HostFailure failure) {
            super(failure.getMessage(), failure, false, false);
            this.failure = failure;
        }
    }

    private final String host;
    /// For work that may block: TLS, and bodies that are sent while they arrive. Everything else is done at once by the
    /// sending thread or the client's own thread, because each change of threads costs more than the work.
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CallWatches watches = new CallWatches();
    private final Route route;
    private final HttpClient client;
    /// The most connections that the client may have kept. It does not report when one is closed, so there may be
    /// fewer.
    private final AtomicInteger kept = new AtomicInteger();

    /// Adds the trace headers of a call to a request.
    public static HttpRequest.Builder traced(Call call, HttpRequest.Builder request) {
        call.trace().forEach(request::setHeader);
        return request;
    }

    /// @param host the host's name in messages
    public HostClient(String host, Route route) {
        this.host = host;
        this.route = route;
        client = client(route.tls() == null ? Runnable::run : threads);
    }

    private HttpClient client(Executor executor) {
        HttpClient.Builder client = HttpClient.newBuilder()
                // with HTTP/2 allowed, each request would offer an upgrade to h2c
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

    /// Sends a request and reads its answer, on the calling thread, until the reader returns. However the call ends (in
    /// order, by a failure, an interrupt or a time limit), its connection is kept if the body was read to its end, and
    /// closed otherwise. Failures of the reader are passed on unchanged.
    ///
    /// The host may close a kept connection just when it is used again. If no byte of an answer came on a connection
    /// that may have been kept, the request is sent once more on a new one.
    ///
    /// @param reader must read the body from the stream that it is given, not from the response: that stream is
    ///               decoded, and tells the watch that bytes came
    /// @return what the reader returned
    /// @throws HostFailure          with the cause: the host could not be reached, the connection was lost, or a time
    ///                              ran out
    /// @throws InterruptedException if the thread was interrupted; the request has been cancelled
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
        // the client cannot be told to open a new connection, so this client is one that has none
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

    /// Sends a request that must not be sent twice, on a new connection, and returns its answer as soon as it begins.
    ///
    /// @param whole the longest time until the answer has ended
    /// @throws HostFailure          as for [#exchange]
    /// @throws InterruptedException if the thread was interrupted; the request has been cancelled
    public Opened open(HttpRequest request, Duration whole) throws HostFailure, InterruptedException {
        CallTimes times = CallTimes.within(whole);
        HttpClient fresh = client(threads);
        CompletableFuture<HttpResponse<InputStream>> answer = fresh.sendAsync(request, head -> new BreakLast());
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

    /// @throws TimeoutException if the host does not say whether it accepts the body: some never do
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
                // the watch caused the interrupt
                Thread.interrupted();
            }
            close(response);
        }
    }

    /// Sends a request and waits for the head of its answer.
    private static HttpResponse<InputStream> send(HttpClient by, HttpRequest request)
            throws IOException, InterruptedException {
        AtomicReference<BreakLast> begun = new AtomicReference<>();
        try {
            return by.send(request, head -> {
                begun.set(new BreakLast());
                return begun.get();
            });
        } catch (InterruptedException stopped) {
            // the JDK does not cancel a request whose answer begins at this moment, and nobody gets that answer
            close(begun.get());
            throw stopped;
        } catch (IOException wrapped) {
            throw wrapped.getCause() instanceof IOException itself ? itself : wrapped;
        }
    }

    /// Decodes the body: some proxies compress although nobody asked them to.
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

    /// Reads to the end of a body whose answer is already complete: nothing that comes here can spoil it. May be called
    /// repeatedly.
    public static void passTrailer(InputStream body, CallWatch watch) throws InterruptedException {
        if (watch.verdict() != CallWatch.Verdict.NONE) {
            // its time is over, and nothing would end this wait
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

    /// Closes the connection of a call that has not ended; does nothing to one that has.
    private static void abandon(CompletableFuture<HttpResponse<InputStream>> answer) {
        answer.cancel(true);
        answer.whenComplete((response, failure) -> close(response));
    }

    private static void close(HttpResponse<InputStream> response) {
        close(response == null ? null : response.body());
    }

    private static void close(Closeable body) {
        if (body != null) {
            try {
                body.close();
            } catch (IOException ignored) {
                // it is closed in any case
            }
        }
    }
}
