/// Decides who may ask, for HTTP and WebSocket alike.
///
/// | class | what it decides |
/// |---|---|
/// | `Guard` | where a request comes from, which `Host` and `Origin` it may name, whether it needs the token |
/// | `Origins` | whose pages may ask beside the server's own, and the CORS headers that they get |
/// | `Scope`, `Asker` | what a route wants and a token allows; who asks, by its token |
/// | `Tokens` | whose a token is: compared in constant time, kept as hashes only |
/// | `NamedTokens`, `TokenFile` | the named ones as the running server sees them; as they lie on the disk |
/// | `Guesses` | how long the answer to a wrong token of an address waits, and whether the log tells of it |
///
/// ```
///  token add|revoke ──▶ TokenFile ──▶ tokens.json ◀── a look before each judgement ── NamedTokens ◀── Tokens ◀── Guard
///   POST /api/tokens ──────▲            (locked, 0600, replaced whole)                                          │
///                                                                  the request's Asker (name, scope, limits) ◀──┘
/// ```
///
/// **Rules.** What cannot be read lets nobody in. A reload replaces hosts and tokens as one object. A right token never
/// waits. Nothing here reads a body or knows a route: the caller says which scope a route wants, and whether it is one
/// of Ollama's. What a handler itself has to hold to, whose task it changes and which client it submits for, it asks
/// the request's `Asker`.
package server.access;
