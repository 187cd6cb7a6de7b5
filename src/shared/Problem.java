package shared;

/// An error that its reader can act on: what is wrong, where, and what would be right. The server answers it as
/// `{"error":message}` with this HTTP status; the client prints the message and ends with the status's exit code.
/// It is the only exception for a user's mistake; a fault of the program itself is any other unchecked one.
public final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1;

    private static final int SHOWN_MAX = 60;

    private final int status;

    /// @param status the HTTP status that fits, 400 to 599
    public Problem(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    public static Problem badRequest(String message) {
        return new Problem(400, message);
    }

    public static Problem notFound(String message) {
        return new Problem(404, message);
    }

    public static Problem conflict(String message) {
        return new Problem(409, message);
    }

    /// Somebody's text as a message shows it: a long one is cut, and nothing in it reaches a terminal as a command.
    public static String shown(String text) {
        String start = text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "\u2026";
        return start.replaceAll("\\p{Cc}", "\ufffd");
    }

    public int status() {
        return status;
    }
}
