package client;

import java.util.Locale;

import shared.Problem;

/// Why a command ends without success: what is wrong, what to do about it, and the exit status.
final class Failure extends RuntimeException {

    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int UNREACHABLE = 3;
    static final int NOT_FOUND = 4;
    static final int NOT_ALLOWED = 5;
    static final int TIMED_OUT = 124;
    static final int INTERRUPTED = 130;
    /// What a shell shows for a program whose reader went away: 128 and SIGPIPE.
    static final int BROKEN_PIPE = 141;

    private enum Outlook {
        FINAL,
        /// May be over soon.
        PASSING,
        /// The same, and whether the request arrived is not known.
        LOST
    }

    private static final long serialVersionUID = 1;

    private final int exit;
    private final String hint;
    private final Outlook outlook;

    private Failure(int exit, String message, String hint, Outlook outlook) {
        super(message, null, false, false);
        this.exit = exit;
        this.hint = hint;
        this.outlook = outlook;
    }

    /// @param message null: there is nothing to say
    /// @param hint    null for none
    Failure(int exit, String message, String hint) {
        this(exit, message, hint, Outlook.FINAL);
    }

    static Failure usage(String message, String hint) {
        return new Failure(USAGE, message, hint);
    }

    static Failure of(Problem problem) {
        return new Failure(exitOf(problem.status()), problem.getMessage(), null);
    }

    static Failure unreachable(String message, String hint) {
        return new Failure(UNREACHABLE, message, hint, Outlook.PASSING);
    }

    /// The connection was lost after the request had begun.
    static Failure lost(String message, String hint) {
        return new Failure(UNREACHABLE, message, hint, Outlook.LOST);
    }

    /// The server, or a proxy before it, answered with an error.
    static Failure answered(int status, String message, String hint) {
        return new Failure(exitOf(status), message, hint,
                status >= 502 && status <= 504 ? Outlook.PASSING : Outlook.FINAL);
    }

    int exit() {
        return exit;
    }

    /// Null for none.
    String hint() {
        return hint;
    }

    /// Whether it may be over soon, as when the server starts again.
    boolean passing() {
        return outlook != Outlook.FINAL;
    }

    /// Whether the request may have arrived although no answer came.
    boolean lost() {
        return outlook == Outlook.LOST;
    }

    /// With what it is about in front: `task_x: ...`.
    Failure about(String subject) {
        String message = getMessage();
        return message == null || message.toLowerCase(Locale.ROOT).contains(subject.toLowerCase(Locale.ROOT)) ? this
                : new Failure(exit, subject + ": " + message, hint, outlook);
    }

    private static int exitOf(int status) {
        switch (status) {
            case 400: case 413: case 415: case 422: return USAGE;
            case 401: case 403: return NOT_ALLOWED;
            case 404: return NOT_FOUND;
            default: return FAILED;
        }
    }
}
