/// The command line, `ollama-queue`: one command a run, with no state kept between runs.
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
/// - stdout has the requested output and nothing else; all messages of the client itself go to stderr, one line each,
///   as `ollama-queue: …`, `ollama-queue: error: …`, `ollama-queue: hint: …`. No capital, no full stop.
/// - Optional information (`Session.aside`) is printed only on a terminal. Omissions are always reported.
/// - Text is for people and JSON for programs. A pipe gets all tasks of a list, a terminal the first 100; a table is
///   cut to the terminal's width, and not in a pipe. Colours and thoughts appear on terminals only, and colours only
///   without `NO_COLOR` and `TERM=dumb`.
/// - Text from elsewhere never controls a terminal (`shared.Controls`). A pipe gets it unchanged.
/// - Times that people read are local, with their offset (`Terminal.shown`); in JSON they are UTC.
/// - A failed write ends the command and names what had been submitted; a closed pipe ends it quietly.
/// - Exit status: 0 done, 1 failed or refused, 2 wrong usage, 3 server not reached, 4 not found, 5 not allowed,
///   124 timed out, 130 interrupted, 141 pipe closed.
///
/// **Threads.** A command runs on `main`, with `--timeout` on `command`, which is interrupted at the timeout: a command
/// checks for that before it asks the server, waits or prints. SIGINT runs a shutdown hook that only prints.
///
/// **What is assumed.** Java 17, the oldest JDK on which the single file must run: no patterns in `switch`. The heap is
/// 128 MB; no input larger than an eighth of it is read whole, except a batch, which is gathered in pieces. Start-up
/// time is the client's largest cost, so `HttpURLConnection` makes the requests: it starts in half the time of
/// `HttpClient` and needs no module of its own. A class that most commands do not need (formatters, the zone, TLS) is
/// loaded only when it is needed.
///
/// **The single file.** `client.single` merges this package and what it needs of `shared` into one source file, in the
/// unnamed package. Therefore no two types of these may share a name or take one of `java.lang`, one name may not be
/// imported from two packages, and a type of ours is never imported statically. Reflection would hide dependencies.
package client;
