/// Decides who may ask, for HTTP and WebSocket alike.
///
/// | class | what it decides |
/// |---|---|
/// | `Guard` | where a request comes from, which `Host` and `Origin` it may name, whether it needs the token |
/// | `Origins` | whose pages may ask beside the server's own, and the CORS headers that they get |
/// | `Scope`, `Asker` | what a route wants and a token allows; who asks, by its token |
/// | `Tokens` | whether a token is right: compared in constant time, kept as hashes only |
/// | `Guesses` | how long the answer to a wrong token waits, and whether the log tells of it |
///
/// **Rules.** A reload replaces hosts and tokens as one object. A right token never waits. Nothing here reads a body or
/// knows a route: the caller says whether a route is open, and whether it is one of Ollama's.
package server.access;
