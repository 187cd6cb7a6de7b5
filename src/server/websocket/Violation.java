package server.websocket;

/// A violation by a client: the connection is closed with this code, and with the message as its reason.
public final class Violation extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int code;

    /// @param code as in [Close]
    public Violation(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    Close close() {
        return new Close(code, getMessage());
    }
}
