package server.executor;

/// Receives a host's answer to a call byte for byte as it arrives, from one thread.
public interface RelaySink {

    /// Receives the head of a success; from now on the call belongs to this host and is not retried.
    void head(HostHead head);

    /// Receives the next bytes of the body, after the head. They may be overwritten afterwards.
    void bytes(byte[] bytes, int from, int length);

    /// Notes that the host has ended its answer in order.
    void end();
}
