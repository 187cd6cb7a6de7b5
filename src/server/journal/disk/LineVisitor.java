package server.journal.disk;

import shared.json.Slice;

/// Receives every line of a replay or scan, in order.
public interface LineVisitor {

    /// Receives a line.
    ///
    /// @param json the line's whole JSON object; valid during the call only
    void line(long seq, long position, Slice json);
}
