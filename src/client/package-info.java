/// The command line, `ollama-queue`: one run for one command, with nothing kept between two runs.
///
/// ```
///  words ── Client ── Arguments ─ Command, from the tables in Commands and CronCommands
///              │
///              ├── Target    which server and token: flag, environment, settings file
///              └── Session   what a command works with
///                    ├── Terminal   descriptors, environment, clock, zone: all that a test puts in
///                    ├── Inputs     files and stdin, within the server's limits ─ TextLines, RequestBody
///                    ├── Api        requests and their failures ─ ServerEvents, Reconnect
///                    ├── Output     stdout ─ TaskPrinter, TaskTable, TextTable, TaskText
///                    └── Progress   stderr of a terminal
/// ```
///
/// Each command is a static method of one of the remaining classes: `Submit`, `BatchSubmit`, `Import`, `TaskListing`,
/// `Show`, `Explain`, `Wait`, `Follow`, `Change`, `Bulk`, `Events`, `Top`, `Backends`, `Cron`. It returns the exit
/// status or throws a `Failure`, which `Client` reports.
///
/// **The rules of the terminal.**
///
/// - stdout has what was asked for and nothing else; all that the client itself has to say goes to stderr, one line
///   each, as `ollama-queue: …`, `ollama-queue: error: …`, `ollama-queue: hint: …`. No capital, no full stop.
/// - What is merely pleasant to know (`Session.aside`) is said on a terminal only. What is left out is always said.
/// - Text is for people and JSON for programs. A pipe gets all tasks of a list, a terminal the first 100; a table is
///   cut to the terminal's width, and not in a pipe. Colours and thoughts appear on terminals only, and colours only
///   without `NO_COLOR` and `TERM=dumb`.
/// - What comes from elsewhere never steers a terminal (`shared.Controls`). A pipe gets it unchanged.
/// - Times that people read are local, with their offset (`Terminal.shown`); in JSON they are UTC.
/// - A write that fails ends the command and names what had been submitted; a reader that went away ends it quietly.
/// - Exit status: 0 done, 1 failed or refused, 2 wrong usage, 3 server not reached, 4 not found, 5 not allowed,
///   124 timed out, 130 interrupted, 141 nobody reads.
///
/// **Threads.** A command runs on `main`, with `--timeout` on `command`, which is interrupted when the time is over: a
/// command checks for that before it asks the server, waits or prints. SIGINT runs a shutdown hook that only prints.
///
/// **What is assumed.** Java 17, the oldest JDK on which the single file must run: no patterns in `switch`. The heap is
/// 128 MB; nothing is read whole that may be larger than an eighth of it, but a batch, which is gathered in pieces.
/// Start-up time is the client's largest cost, so `HttpURLConnection` makes the requests: it starts in half the time of
/// `HttpClient` and needs no module of its own. A class that most commands do not need (formatters, the zone, TLS) is
/// not touched before it is needed.
///
/// **The single file.** `client.single` merges this package and what it needs of `shared` into one source file, in the
/// unnamed package. Therefore no two types of these may share a name or take one of `java.lang`, one name may not be
/// imported from two packages, and a type of ours is never imported statically. Reflection would hide what is needed.
package client;
