package server.access;

import shared.Problem;

/// The names of clients: 1 to 64 of `A-Za-z0-9._@-`.
public final class ClientName {

    /// The rule for names, for messages.
    public static final String RULE = "1 to 64 of A-Z a-z 0-9 . _ @ -";

    private static final int LENGTH_MAX = 64;

    private ClientName() {
    }

    /// Returns whether a text may be a client's name.
    ///
    /// @param text null is not a name
    public static boolean is(String text) {
        if (text == null || text.isEmpty() || text.length() > LENGTH_MAX) {
            return false;
        }
        return text.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
                || c == '.' || c == '_' || c == '@' || c == '-');
    }

    /// Returns the text if it may be a client's name.
    ///
    /// @throws Problem 400 with the rule, if not
    public static String parse(String text) {
        if (!is(text)) {
            throw Problem.badRequest("a client must be " + RULE + ", not \"" + Problem.shown(text) + "\"");
        }
        return text;
    }
}
