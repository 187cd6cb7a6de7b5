package server.access;

import java.util.List;
import java.util.Locale;

import shared.Nearest;
import shared.Problem;

/// What a token lets its bearer do, and what a route wants of it. Each scope has the rights of those before it.
public enum Scope {

    /// Of a route, not of a token: everybody may, also where a token is needed.
    OPEN,
    /// Sees everything, changes nothing.
    READ,
    /// Submits and relays too, and changes what its own client submitted.
    SUBMIT,
    /// Does everything.
    ADMIN;

    /// How it is written.
    public final String text = name().toLowerCase(Locale.ROOT);

    /// Reads the scope of a token.
    ///
    /// @throws Problem 400 that names those there are
    public static Scope parse(String text) {
        for (Scope scope : List.of(READ, SUBMIT, ADMIN)) {
            if (scope.text.equals(text)) {
                return scope;
            }
        }
        throw Problem.badRequest("scope must be read, submit or admin, not \"" + Problem.shown(text) + "\""
                + Nearest.hint(text, List.of(READ.text, SUBMIT.text, ADMIN.text)));
    }

    /// Returns whether it has the rights of another one.
    public boolean includes(Scope other) {
        return compareTo(other) >= 0;
    }
}
