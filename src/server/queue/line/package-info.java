/// Events as the journal's lines, and back. The format is drawn on [server.queue.line.EventCodec]; the journal's own
/// members before it (`seq`, `synced`, the checksum) are the journal's.
///
/// A line can be read to three depths: the part that a replay needs (`STATE`), the part that the feed shows (`SHOWN`),
/// everything (`ALL`). Members are written in that order, so reading stops early.
///
/// **Rules.** Members are sparse: null, 0, empty and default values are absent. An unknown member is skipped, because a
/// later version may have written it; an event of an unknown kind stops the start. Payloads and results are the user's
/// own bytes, never parsed or copied.
package server.queue.line;
