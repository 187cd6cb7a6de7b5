/// Decides who may ask, for HTTP and WebSocket alike.
///
/// | class | what it decides |
/// |---|---|
/// | `Guard` | the origin of a request, the `Host` and `Origin` it may name, whether it needs the token |
/// | `Origins` | other servers' pages that may ask, and the CORS headers that they get |
/// | `Scope`, `Asker` | what a route requires and a token allows; who asks, by its token |
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
/// **Rules.** A file that cannot be read lets nobody in. A reload replaces hosts and tokens as one object. A right
/// token is never delayed. Nothing here reads a body or knows a route: the caller passes the scope that a route
/// requires, and whether it is one of Ollama's. A handler asks the request's `Asker` whose tasks it may change and for
/// which client it may submit.
package server.access;
