/// Converts events to the journal's lines and back. The format is drawn on [server.queue.line.EventCodec]; the members
/// before it (`seq`, `synced`, the checksum) are written by the journal.
///
/// A line can be read to three depths: the part that a replay needs (`STATE`), the part that the feed shows (`SHOWN`),
/// everything (`ALL`). Members are written in that order, so that reading can stop early.
///
/// **Rules.** Members are sparse: null, 0, empty and default values are absent. An unknown member is skipped, because a
/// later version may have written it; an event of an unknown kind stops the start. Payloads and results are the user's
/// own bytes: they are not parsed, and copied only if line ends force a string. (A replay parses payloads of version
/// 0.1.)
package server.queue.line;
