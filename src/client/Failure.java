package client;

import shared.Problem;

/// The reason why a command failed: what is wrong, what to do about it, and the exit status.
final class Failure extends RuntimeException {

    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int UNREACHABLE = 3;
    static final int NOT_FOUND = 4;
    static final int NOT_ALLOWED = 5;
    static final int TIMED_OUT = 124;
    static final int INTERRUPTED = 130;
    /// The exit status that a shell shows for a program whose reader closed the pipe: 128 and SIGPIPE.
    static final int BROKEN_PIPE = 141;

    enum Outlook {
        FINAL,
        /// A failure that may pass soon, for example when the server restarts.
        PASSING,
        /// A failure that may pass soon, after which it is unknown whether the request arrived.
        LOST
    }

    private static final long serialVersionUID = 1;

    final int exit;
    /// Null for none.
    final String hint;
    final Outlook outlook;

    /// @param message null if there is nothing to say
    /// @param hint    null for none
    Failure(int exit, String message, String hint, Outlook outlook) {
        super(message, null, false, false);
        this.exit = exit;
        this.hint = hint;
        this.outlook = outlook;
    }

    Failure(int exit, String message, String hint) {
        this(exit, message, hint, Outlook.FINAL);
    }

    static Failure usage(String message, String hint) {
        return new Failure(USAGE, message, hint);
    }

    /// Ends a command whose time is over, at the next call of this: before it asks the server, reads an event or
    /// prints.
    ///
    /// @throws Failure without a message, because the command's caller has reported the timeout
    static void checkNotStopped() {
        if (Thread.currentThread().isInterrupted()) {
            throw new Failure(TIMED_OUT, null, null);
        }
    }

    static Failure of(Problem problem) {
        return new Failure(exitOf(problem.status()), problem.getMessage(), null);
    }

    /// Returns the same failure with its subject in front: `task_x: ...`.
    Failure about(String subject) {
        return getMessage() == null || getMessage().contains(subject) ? this
                : new Failure(exit, subject + ": " + getMessage(), hint, outlook);
    }

    /// Returns the same failure; for a request that may have arrived, with a hint how to find out.
    Failure ifLost(String findOut) {
        return outlook == Outlook.LOST ? new Failure(exit, getMessage(), findOut, outlook) : this;
    }

    /// Returns the exit status for the HTTP status of a refusal.
    static int exitOf(int status) {
        switch (status) {
            case 400: case 413: case 415: case 422: return USAGE;
            case 401: case 403: return NOT_ALLOWED;
            case 404: return NOT_FOUND;
            default: return FAILED;
        }
    }
}
