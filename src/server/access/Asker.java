package server.access;

import shared.Problem;

/// Who asks, as far as the token tells.
///
/// @param name  the token's; null: nobody in particular, who bears the server's own token or needs none
/// @param scope what the token allows
public record Asker(String name, Scope scope) {

    /// Who bears the server's own token, or needs none.
    public static final Asker ANYBODY = new Asker(null, Scope.ADMIN);

    /// @throws Problem 403 if the token does not allow this
    void check(Scope wanted) {
        if (!scope.includes(wanted)) {
            throw new Problem(403, "this needs a token with the scope " + wanted.text + "; that of " + name + " has "
                    + scope.text);
        }
    }
}
