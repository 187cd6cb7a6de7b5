package server.websocket;

import java.net.InetAddress;
import java.util.function.Supplier;

import shared.Problem;

/// Who may open a connection, and what is said on it.
interface Entrance {

    /// Whether there is room for so many bytes more of the request that is coming in.
    boolean takes(int bytes);

    /// @param from where the request comes from
    /// @return begins the dialogue, on the thread that will write
    /// @throws Problem why not
    Supplier<Dialogue> admit(RequestHead request, InetAddress from) throws InterruptedException;

    /// Tells with which status the request was answered; 101 for a WebSocket.
    void answered(int status);

    /// Whether whoever was admitted would be now.
    boolean stillAdmits();
}
