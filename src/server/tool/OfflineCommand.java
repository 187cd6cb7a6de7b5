package server.tool;

import java.io.IOException;

/// A command of the server's program that does not start the server: a row of the table in [OfflineCommands].
///
/// @param group     the word before its name, for example `journal`
/// @param name      empty if it is the only one of its group
/// @param arguments for its usage text; empty if it takes none
/// @param does      what it does: a sentence without a capital and a full stop
record OfflineCommand(String group, String name, String arguments, String does, Action action) {

    interface Action {
        /// Carries out the command.
        ///
        /// @return the exit status: 0 all is well, 1 there are problems
        /// @throws shared.Problem for wrong usage
        int run(Invocation call) throws IOException;
    }

    String usage() {
        return (words() + " " + arguments).strip();
    }

    /// Returns the words to type for it.
    String words() {
        return (group + " " + name).strip();
    }
}
