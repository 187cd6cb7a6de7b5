/// HTTP to a host, shared by the kinds of host: one call, its time limits, its lines, and the meaning of failures. Only
/// kinds of host use this room.
///
/// ```
///  caller's thread   HostClient.exchange ─ send ─ wait ─ Reader: AnswerLines over WatchedInput ─ result
///                                            │                         │ every byte: heard()
///  "watch" (virtual) CallWatches ────────────┴── silence or time over: interrupts the caller, which closes
/// ```
///
/// - A connection is used again only after its answer was read to the end; closing it tells the host that the answer is
///   no longer wanted.
/// - Every line, error text and answer has a limit; no part of a host's answer is kept without bound.
/// - [server.executor.wire.Refusal] decides from a status and its text whose fault a refusal is;
///   [server.executor.wire.LostConnection] does so for failures below HTTP.
/// - Assumed: `java.net.http` asks a request's body publisher only once the connection is established, so a body that
///   was not asked for was not sent ([server.executor.wire.Sending]).
package server.executor.wire;
