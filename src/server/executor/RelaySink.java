package server.executor;

/// Takes a host's answer to a call byte for byte as it comes, from one thread.
public interface RelaySink {

    /// Takes the head of a success; from now on the call is this host's, and is not tried again.
    void head(HostHead head);

    /// Takes the next bytes of the body, after the head. They may be overwritten afterwards.
    void bytes(byte[] bytes, int from, int length);

    /// Notes that the host has ended its answer in order.
    void end();
}
