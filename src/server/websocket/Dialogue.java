package server.websocket;

import java.io.IOException;

/// The content of one connection. All methods are called on one thread, the one that created it, which sleeps while
/// there is nothing to send: `LockSupport.unpark` lets it check again.
public interface Dialogue extends AutoCloseable {

    /// Handles a client's message, and may answer it.
    ///
    /// @throws Violation to end the connection
    void hear(byte[] message, boolean binary, FrameWriter out) throws IOException;

    /// Sends some of what is ready, but only so much that a client need not wait long for the answer to a ping.
    ///
    /// @return whether there may be more
    /// @throws Violation to end the connection
    boolean speak(FrameWriter out) throws IOException;

    @Override
    void close();
}
