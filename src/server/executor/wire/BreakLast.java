package server.executor.wire;

import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;

/// Takes an answer as the JDK's own stream does, but for the end of a lost connection: that stream then drops what
/// nobody has read yet, which may be many pieces that came with the break. Here the failure comes behind them.
final class BreakLast implements BodySubscriber<InputStream>, Closeable {

    private final BodySubscriber<InputStream> jdks = BodySubscribers.ofInputStream();
    private volatile Throwable failure;

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedStage(new FilterInputStream(jdks.getBody().toCompletableFuture().join()) {
            @Override
            public int read() throws IOException {
                return checked(super.read());
            }

            @Override
            public int read(byte[] bytes, int from, int most) throws IOException {
                return checked(super.read(bytes, from, most));
            }
        });
    }

    private int checked(int read) throws IOException {
        if (read < 0 && failure != null) {
            throw new IOException("closed", failure);
        }
        return read;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        jdks.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        jdks.onNext(bytes);
    }

    @Override
    public void onError(Throwable failed) {
        failure = failed;
        jdks.onComplete();
    }

    @Override
    public void onComplete() {
        jdks.onComplete();
    }

    /// Ends the answer, even one that has not begun to arrive.
    @Override
    public void close() throws IOException {
        jdks.getBody().toCompletableFuture().join().close();
    }
}
