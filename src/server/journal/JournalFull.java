package server.journal;

/// The disk has no space for these lines. Nothing was appended, and everything else continues; once there is space
/// again, the journal accepts lines again. The message says what is full and what helps.
public final class JournalFull extends RuntimeException {

    private static final long serialVersionUID = 1;

    /// @param message what is full and what helps, for people
    public JournalFull(String message) {
        super(message);
    }
}
