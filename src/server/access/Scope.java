package server.access;

import java.util.List;
import java.util.Locale;

import shared.Nearest;
import shared.Problem;

/// The rights of a token, and what a route requires. Each scope includes the rights of those before it.
public enum Scope {

    /// Only for routes: open to everybody, even if a token is required elsewhere.
    OPEN,
    /// May read everything and change nothing.
    READ,
    /// May also submit and relay, and change what its own client submitted.
    SUBMIT,
    /// May do everything.
    ADMIN;

    /// Its name in texts.
    public final String text = name().toLowerCase(Locale.ROOT);

    /// Parses the scope of a token.
    ///
    /// @throws Problem 400 with the possible scopes, if it is not one
    public static Scope parse(String text) {
        for (Scope scope : List.of(READ, SUBMIT, ADMIN)) {
            if (scope.text.equals(text)) {
                return scope;
            }
        }
        throw Problem.badRequest("scope must be read, submit or admin, not \"" + Problem.shown(text) + "\""
                + Nearest.hint(text, List.of(READ.text, SUBMIT.text, ADMIN.text)));
    }

    /// Returns whether it includes the rights of another scope.
    public boolean includes(Scope other) {
        return compareTo(other) >= 0;
    }
}
