/// HTTP to a host as the kinds of host share it: one call, its time limits, its lines, and what a failure means. Only
/// kinds of host use this room.
///
/// ```
///  caller's thread   HostClient.exchange ─ send ─ wait ─ Reader: AnswerLines over WatchedInput ─ result
///                                            │                         │ every byte: heard()
///  "watch" (virtual) CallWatches ────────────┴── silence or time over: interrupts the caller, which closes
/// ```
///
/// - A connection is used again only after its answer was read to the end; closing it is how the host learns that
///   nobody wants the answer any more.
/// - Every line, error text and answer has a limit; nothing of a host's answer is kept without bound.
/// - [server.executor.wire.Refusal] tells from a status and its text whose fault a refusal is;
///   [server.executor.wire.LostConnection] does so for failures below HTTP.
/// - Assumed: `java.net.http` is done with a request's body publisher only after the connection stands, so a body that
///   was not asked for was not sent ([server.executor.wire.Sending]).
package server.executor.wire;
