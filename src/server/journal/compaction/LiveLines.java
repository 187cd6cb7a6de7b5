package server.journal.compaction;

import shared.json.Slice;

/// What a compaction must know about the lines, provided by the code that understands them.
public interface LiveLines {

    /// Passes on the position of every line that must stay, each once, in any order. Lines that are appended meanwhile
    /// may be missing; lines that were needed at the call but no longer are may be included. A line that is not needed
    /// is never needed again.
    ///
    /// @param line called under a lock that others wait for, so it must be quick
    void forEach(Positions line);

    /// Receives the positions of needed lines.
    interface Positions {

        /// Adds the position of a line that must stay.
        ///
        /// @param whole whether the whole line must stay; otherwise [LiveLines#needed] returns the part that must
        void add(long position, boolean whole);
    }

    /// Returns what stays of a line that is needed, but not completely.
    ///
    /// @param json its whole JSON object; valid during the call only
    /// @return the same slice if nothing more can be left out; otherwise as for [#recent]
    Slice needed(Slice json);

    /// Returns what stays of a line that is not needed but is one of the last events: nothing that belongs to something
    /// deleted.
    ///
    /// @param json its whole JSON object; valid during the call only
    /// @return the same slice if all of it may stay; otherwise another JSON object that begins like this one, with the
    ///         members that the journal has written
    Slice recent(Slice json);
}
