package shared;

import java.util.Comparator;
import java.util.List;

/// An error that its reader can act on: what is wrong, where, and what would be right. The server answers it as
/// `{"error":message}` with this HTTP status; the client prints the message and ends with the status's exit code.
/// It is the only exception for a user's mistake; any other unchecked exception is a fault of the program itself.
public final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1;

    private static final int SHOWN_MAX = 60;

    private final int status;
    /// In seconds; 0: not known.
    private final long retryAfter;
    private final String reason;
    private final transient TextPlace place;
    /// Empty if this is a single problem.
    private final transient List<Problem> several;

    /// @param status the HTTP status, 400 to 599
    public Problem(int status, String message) {
        this(status, 0, message, message, null, List.of());
    }

    private Problem(int status, long retryAfter, String message, String reason, TextPlace place,
            List<Problem> several) {
        super(message, null, false, false);
        this.status = status;
        this.retryAfter = retryAfter;
        this.reason = reason;
        this.place = place;
        this.several = several;
    }

    /// Makes a problem of status 400: the request, the command line or a file is wrong.
    public static Problem badRequest(String message) {
        return new Problem(400, message);
    }

    /// Makes a problem of status 404.
    public static Problem notFound(String message) {
        return new Problem(404, message);
    }

    /// Makes a problem of status 409: the request conflicts with the current state.
    public static Problem conflict(String message) {
        return new Problem(409, message);
    }

    /// Makes one problem of several, in the order of their places; those without a place come first. Its message has a
    /// line for each.
    ///
    /// @param problems at least one
    public static Problem all(List<Problem> problems) {
        List<Problem> sorted = problems.stream().sorted(Comparator.comparingLong(Problem::order)).toList();
        return sorted.size() == 1 ? sorted.get(0) : new Problem(sorted.get(0).status, 0, String.join("\n",
                sorted.stream().map(Problem::getMessage).toList()), sorted.get(0).reason, sorted.get(0).place, sorted);
    }

    /// Shortens a text from outside for a message, and replaces control characters, so that a terminal does not obey
    /// them.
    public static String shown(String text) {
        String start = text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "\u2026";
        return start.replaceAll("\\p{Cc}", "\ufffd");
    }

    /// Returns the same problem with a place, which its message includes.
    public Problem at(TextPlace where) {
        return new Problem(status, retryAfter, where.tell(reason), reason, where, several);
    }

    /// Returns the same problem for a text that is one line of a longer one.
    ///
    /// @param line from 1
    public Problem inLine(int line) {
        return at(place == null ? new TextPlace(null, line, 1, "")
                : new TextPlace(null, line, place.column(), place.path()));
    }

    /// Returns the same problem with the time after which it may be gone.
    ///
    /// @param seconds at least 1
    public Problem after(long seconds) {
        return new Problem(status, seconds, getMessage(), reason, place, several);
    }

    /// Returns after how many seconds the request may be repeated; 0 if that is not known.
    public long retryAfter() {
        return retryAfter;
    }

    /// Returns the HTTP status.
    public int status() {
        return status;
    }

    /// Returns what is wrong, without the place.
    public String reason() {
        return reason;
    }

    /// Returns where the error is; null if it is not in a text, or its place is not known.
    public TextPlace place() {
        return place;
    }

    /// Returns the problems that this one consists of; itself if it is a single one.
    public List<Problem> each() {
        return several.isEmpty() ? List.of(this) : several;
    }

    private long order() {
        return place == null ? 0 : (long) place.line() << 32 | place.column();
    }
}
