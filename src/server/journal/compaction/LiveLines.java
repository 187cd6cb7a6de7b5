package server.journal.compaction;

import java.util.function.LongConsumer;

import shared.json.Slice;

/// What a compaction has to know of the lines; told by the one who understands them.
public interface LiveLines {

    /// Tells the position of every line that must stay, each once, in any order. A line that is appended meanwhile need
    /// not be among them; one that was needed at the call and is not any more may be. Once a line is not needed, it
    /// never is again.
    ///
    /// @param line called under a lock that others wait for, so quick
    void forEach(LongConsumer line);

    /// What stays of a line that is not needed but one of the last events: nothing that belongs to something deleted.
    ///
    /// @param json its whole JSON object; valid during the call only
    /// @return the same slice if all of it may stay; else another JSON object that begins as this one does, with the
    ///         members that the journal has written
    Slice recent(Slice json);
}
