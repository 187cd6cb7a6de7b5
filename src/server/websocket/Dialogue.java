package server.websocket;

import java.io.IOException;

/// What is said on one connection. All of it happens on one thread, the one that it began on, which sleeps while there
/// is nothing to say: `LockSupport.unpark` of it lets it look again.
public interface Dialogue extends AutoCloseable {

    /// Takes a client's message, and may answer it.
    ///
    /// @throws Violation to end the connection
    void hear(byte[] message, boolean binary, FrameWriter out) throws IOException;

    /// Says some of what there is to say, so much that a client need not wait long for the answer to a ping.
    ///
    /// @return whether there may be more
    /// @throws Violation to end the connection
    boolean speak(FrameWriter out) throws IOException;

    @Override
    void close();
}
