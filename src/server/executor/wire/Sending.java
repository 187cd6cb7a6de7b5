package server.executor.wire;

import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;

import shared.json.Slice;

/// A request's body, which knows whether it was asked for: that happens once the connection stands, so a call that
/// ends before did not reach its host.
public final class Sending implements BodyPublisher {

    private final BodyPublisher body;
    private volatile boolean begun;

    /// The two after one another; the second is sent without a copy.
    public Sending(String head, Slice rest) {
        body = BodyPublishers.concat(BodyPublishers.ofString(head),
                BodyPublishers.ofByteArray(rest.bytes(), rest.from(), rest.length()));
    }

    /// Sends a body as it is, without a copy.
    public Sending(Slice body) {
        this.body = BodyPublishers.ofByteArray(body.bytes(), body.from(), body.length());
    }

    /// Sends a stream as it comes, once: a second request with it fails.
    ///
    /// @param length in bytes, at least 1; -1 if it is not known
    public Sending(InputStream stream, long length) {
        AtomicReference<InputStream> once = new AtomicReference<>(stream);
        BodyPublisher any = BodyPublishers.ofInputStream(() -> once.getAndSet(null));
        body = length < 0 ? any : BodyPublishers.fromPublisher(any, length);
    }

    /// Returns whether sending it has begun.
    boolean begun() {
        return begun;
    }

    @Override
    public long contentLength() {
        return body.contentLength();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        begun = true;
        body.subscribe(subscriber);
    }
}
