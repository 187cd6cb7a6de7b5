package server.tool;

import java.io.IOException;

/// A command of the server's program that starts no server: a row of the table in [OfflineCommands].
///
/// @param group     the word before its name, as `journal`
/// @param name      empty: it is the only one of its group
/// @param arguments as its usage shows them; empty if it takes none
/// @param does      what it does: a sentence without a capital and a full stop
record OfflineCommand(String group, String name, String arguments, String does, Action action) {

    interface Action {
        /// Does what the command is for.
        ///
        /// @return the exit status: 0 all is well, 1 it is not
        /// @throws shared.Problem for wrong usage
        int run(Invocation call) throws IOException;
    }

    String usage() {
        return (words() + " " + arguments).strip();
    }

    /// What is typed for it.
    String words() {
        return (group + " " + name).strip();
    }
}
