package server.access;

import shared.Problem;

/// The sender of a request, as its token identifies it, and what the token allows. The name of a named token is the
/// client of its tasks.
///
/// @param name        the token's ([ClientName]); null: anonymous, with the server's own token or none
/// @param scope       what the token allows
/// @param priorityMax the highest priority of its tasks; a higher one is lowered to it
/// @param pendingMax  the limit of pending tasks of its client
public record Asker(String name, Scope scope, int priorityMax, int pendingMax) {

    /// The value that means no limit.
    public static final int NO_LIMIT = Integer.MAX_VALUE;

    /// Whoever has the server's own token, or needs none.
    public static final Asker ANYBODY = new Asker(null, Scope.ADMIN, NO_LIMIT, NO_LIMIT);

    /// Checks that the token allows this.
    ///
    /// @throws Problem 403 if it does not
    void check(Scope wanted) {
        if (!scope.includes(wanted)) {
            throw new Problem(403, "this needs a token with the scope " + wanted.text + "; that of " + name + " has "
                    + scope.text);
        }
    }

    /// Returns whether it may act for other clients than its own.
    public boolean speaksForOthers() {
        return scope == Scope.ADMIN;
    }

    /// Returns the client of a request; null if it is anonymous.
    ///
    /// @param named the client that the request names; null for none
    /// @throws Problem 403 if that is another client than the token's, and the token does not have the scope admin
    public String client(String named) {
        if (named != null && !named.equals(name) && !speaksForOthers()) {
            throw new Problem(403, "the client is " + name + ", as the token's name, and cannot be \""
                    + Problem.shown(named) + "\": leave it out");
        }
        return named == null ? name : named;
    }

    /// Returns the same sender, acting for a client that a request names outside its body.
    ///
    /// @param named null for none
    /// @throws Problem 400 if it is not a client's name, 403 as for [#client]
    public Asker as(String named) {
        return named == null ? this : new Asker(client(ClientName.parse(named)), scope, priorityMax, pendingMax);
    }

    /// Checks that a task or an action may be changed.
    ///
    /// @param what   its name in messages
    /// @param client to which it belongs; null for none
    /// @throws Problem 403 if it belongs to another client, and the token does not have the scope admin
    public void checkChange(String what, String client) {
        if (!speaksForOthers() && !name.equals(client)) {
            throw new Problem(403, what + " is " + (client == null ? "no client's" : "the client " + client + "'s")
                    + "; the token " + name + " changes only what its own client submitted");
        }
    }
}
