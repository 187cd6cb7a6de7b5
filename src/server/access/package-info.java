/// Decides which requests are allowed, for HTTP and WebSocket alike.
///
/// | class | what it decides |
/// |---|---|
/// | `Guard` | the client's address, the `Host` and `Origin` that a request may name, whether it needs a token |
/// | `Origins` | other servers' pages that may send requests, and the CORS headers that they get |
/// | `Scope`, `Asker` | what a route requires and a token allows; who sent a request, by its token |
/// | `Tokens` | the owner of a token: compared in constant time, kept only as hashes |
/// | `NamedTokens`, `TokenFile` | named tokens in the running server; on the disk |
/// | `Guesses` | how long the answer to an address's wrong token is delayed, and whether it is logged |
///
/// ```
///  token add|revoke ──▶ TokenFile ──▶ tokens.json ◀── a look before each judgement ── NamedTokens ◀── Tokens ◀── Guard
///   POST /api/tokens ──────▲            (locked, 0600, replaced whole)                                          │
///                                                                  the request's Asker (name, scope, limits) ◀──┘
/// ```
///
/// **Rules.** If a file of tokens cannot be read, nobody gets access by it. A reload replaces hosts and tokens as one
/// object. The answer to a valid token is never delayed. Nothing here reads a body or knows a route: the caller passes
/// the scope that a route requires, and whether it is one of Ollama's. A handler asks the request's `Asker` whose tasks
/// it may change and for which client it may submit.
package server.access;
