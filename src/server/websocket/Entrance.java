package server.websocket;

import java.net.InetAddress;
import java.util.function.Supplier;

import shared.Problem;

/// Decides who may open a connection, and provides its dialogue.
interface Entrance {

    /// Reserves memory for this many more bytes of the incoming request; returns false if there is not enough.
    boolean takes(int bytes);

    /// Admits a request.
    ///
    /// @param from the client's address
    /// @return begins the dialogue, on the thread that will write
    /// @throws Problem if the request is refused
    Supplier<Dialogue> admit(RequestHead request, InetAddress from) throws InterruptedException;

    /// Reports the status with which the request was answered; 101 for a WebSocket.
    void answered(int status);

    /// Returns whether the admitted request would still be admitted.
    boolean stillAdmits();
}
