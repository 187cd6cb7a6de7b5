package server.executor.wire;

import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;

import shared.json.Slice;

/// A request's body that knows whether it was asked for. The client asks once the connection is established, so a call
/// that ends before has not reached its host.
public final class Sending implements BodyPublisher {

    private final BodyPublisher body;
    private volatile boolean begun;

    /// Makes a body of two parts; the second is sent without a copy.
    public Sending(String head, Slice rest) {
        body = BodyPublishers.concat(BodyPublishers.ofString(head),
                BodyPublishers.ofByteArray(rest.bytes(), rest.from(), rest.length()));
    }

    /// Makes a body of these bytes, which are sent without a copy.
    public Sending(Slice body) {
        this.body = BodyPublishers.ofByteArray(body.bytes(), body.from(), body.length());
    }

    /// Makes a body of a stream, which can be sent once, while it arrives: a second request with it fails.
    ///
    /// @param length in bytes, at least 1; -1 if it is not known
    public Sending(InputStream stream, long length) {
        AtomicReference<InputStream> once = new AtomicReference<>(stream);
        BodyPublisher any = BodyPublishers.ofInputStream(() -> once.getAndSet(null));
        body = length < 0 ? any : BodyPublishers.fromPublisher(any, length);
    }

    /// Returns whether the client has asked for the body.
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
