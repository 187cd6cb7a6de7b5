/// Events as the journal's lines, and back. The format is drawn on [server.queue.line.EventCodec]; the journal's own
/// members before it (`seq`, `synced`, the checksum) are the journal's.
///
/// A line can be read to three depths: what a replay needs (`STATE`), what the feed shows (`SHOWN`), everything
/// (`ALL`). Members are written in that order, so reading stops early.
///
/// **Rules.** Members are sparse: what is null, 0, empty or the default is absent. A member that is not known is
/// skipped, because a later version may have written it; an event of an unknown kind stops the start. Payloads and
/// results are the user's own bytes, never parsed or copied.
package server.queue.line;
