package server.access;

import shared.Problem;

/// Who asks, as far as the token tells, and what it allows. A named token's name is the client of its tasks.
///
/// @param name        the token's ([ClientName]); null: nobody in particular, who bears the server's own token or needs
///                    none
/// @param scope       what the token allows
/// @param priorityMax the highest priority of its tasks; a higher one is lowered to it
/// @param pendingMax  how many tasks of its client may be pending for one more to be taken
public record Asker(String name, Scope scope, int priorityMax, int pendingMax) {

    /// What is no limit.
    public static final int NO_LIMIT = Integer.MAX_VALUE;

    /// Who bears the server's own token, or needs none.
    public static final Asker ANYBODY = new Asker(null, Scope.ADMIN, NO_LIMIT, NO_LIMIT);

    /// @throws Problem 403 if the token does not allow this
    void check(Scope wanted) {
        if (!scope.includes(wanted)) {
            throw new Problem(403, "this needs a token with the scope " + wanted.text + "; that of " + name + " has "
                    + scope.text);
        }
    }

    /// Returns whether it may speak for other clients than its own.
    public boolean speaksForOthers() {
        return scope == Scope.ADMIN;
    }

    /// Returns the client of what is asked for; null if it is nobody in particular.
    ///
    /// @param named the client that the request names; null: none
    /// @throws Problem 403 if that is another client than the token's, and the token is not an admin's
    public String client(String named) {
        if (named != null && !named.equals(name) && !speaksForOthers()) {
            throw new Problem(403, "the client is " + name + ", as the token's name, and cannot be \""
                    + Problem.shown(named) + "\": leave it out");
        }
        return named == null ? name : named;
    }

    /// Returns the same, speaking for a client that a request names beside its body.
    ///
    /// @param named null: none
    /// @throws Problem 400 if it is no client's name, 403 as [#client]
    public Asker as(String named) {
        return named == null ? this : new Asker(client(ClientName.parse(named)), scope, priorityMax, pendingMax);
    }

    /// Looks whether a task or an action may be changed.
    ///
    /// @param what   as it is called in messages
    /// @param client whose it is; null: nobody's in particular
    /// @throws Problem 403 if it is another client's, and the token is not an admin's
    public void checkChange(String what, String client) {
        if (!speaksForOthers() && !name.equals(client)) {
            throw new Problem(403, what + " is " + (client == null ? "no client's" : "the client " + client + "'s")
                    + "; the token " + name + " changes only what its own client submitted");
        }
    }
}
