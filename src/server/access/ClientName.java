package server.access;

import shared.Problem;

/// The names by which clients are told apart: 1 to 64 of `A-Za-z0-9._@-`.
public final class ClientName {

    /// What a name must be, for messages.
    public static final String RULE = "1 to 64 of A-Z a-z 0-9 . _ @ -";

    private static final int LENGTH_MAX = 64;

    private ClientName() {
    }

    /// Returns whether a text is a client's name.
    ///
    /// @param text null is none
    public static boolean is(String text) {
        if (text == null || text.isEmpty() || text.length() > LENGTH_MAX) {
            return false;
        }
        return text.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
                || c == '.' || c == '_' || c == '@' || c == '-');
    }

    /// Returns a text that is a client's name.
    ///
    /// @throws Problem 400 that tells the rule
    public static String parse(String text) {
        if (!is(text)) {
            throw Problem.badRequest("a client must be " + RULE + ", not \"" + Problem.shown(text) + "\"");
        }
        return text;
    }
}
