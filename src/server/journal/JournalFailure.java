package server.journal;

/// The journal can no longer write, because a write or sync failed. The server accepts no more changes and ends.
public final class JournalFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    /// @param message what failed, for people
    public JournalFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
