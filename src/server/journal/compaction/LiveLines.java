package server.journal.compaction;

import shared.json.Slice;

/// What a compaction has to know of the lines; told by the one who understands them.
public interface LiveLines {

    /// Tells the position of every line that must stay, each once, in any order. A line that is appended meanwhile need
    /// not be among them; one that was needed at the call and is not any more may be. Once a line is not needed, it
    /// never is again.
    ///
    /// @param line called under a lock that others wait for, so quick
    void forEach(Positions line);

    /// Takes the positions of needed lines.
    interface Positions {

        /// Adds the position of a line that must stay.
        ///
        /// @param whole whether all of the line must stay; else [LiveLines#needed] tells what
        void add(long position, boolean whole);
    }

    /// Returns what stays of a line that is needed, but not as a whole.
    ///
    /// @param json its whole JSON object; valid during the call only
    /// @return the same slice if nothing more can be left out; else as for [#recent]
    Slice needed(Slice json);

    /// Returns what stays of a line that is not needed but one of the last events: nothing that belongs to something
    /// deleted.
    ///
    /// @param json its whole JSON object; valid during the call only
    /// @return the same slice if all of it may stay; else another JSON object that begins as this one does, with the
    ///         members that the journal has written
    Slice recent(Slice json);
}
