/// The offline commands of `ollama-queue-server`: those that do not start the server.
///
/// ```
/// Main ── first word is no option ──▶ OfflineCommands.run ──▶ a row of the table ──▶ its action
///  │                                        │
///  └── --help ──▶ Help ◀── the same table ──┘ GROUP --help
/// ```
///
/// - [OfflineCommands#ALL] is the only list of the commands: dispatch, `--help` and `GROUP --help` are made from it. To
///   add a command, add a row and a method that takes an `Invocation`; a new group also needs its text in `Help`.
/// - A command returns its exit status: 0 success, 1 problems found or the command failed. Wrong usage is a
///   `Problem`, which becomes status 2 in one place; an `IOException` becomes status 1. Results go to `out`; errors and
///   notes go to `err`.
/// - A command runs on the main thread and starts no other, except for those of a journal that it opens. Commands that
///   change a data directory lock it as a server does.
/// - The room is above `journal`, `queue` and `settings`; only `Main` knows it.
package server.tool;
