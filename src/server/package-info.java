/// The server as a process: how it starts, reloads and stops. [server.Server] wires all parts, from the disk outwards;
/// no other class creates a part of another room.
///
/// **Start.** [server.Main] reads the command line. Offline commands end there. Otherwise:
///
/// ```
///  AllSettings.load   the settings of all rooms, checked together; the kinds of host and the plug-ins
///  Log.configure      from here on log lines go to their destination
///  Server.start       Hosts ─ TaskQueue (replays the journal) ─ Compaction ─ Answers, History ─ EventHub ─ Dispatcher
///                     ─ ActionRunner ─ SubmissionReader ─ WebServer, HttpApi ─ WebSocketServer ─ CronTimer
///  Signals            SIGTERM and SIGINT are caught, "listening on …" is printed, the supervisor is told
/// ```
///
/// A failure on the way closes everything opened before it, and the process ends with status 1; wrong settings or usage
/// end it with 2.
///
/// **Threads**, by their names in a dump. Platform threads are listed by `jcmd PID Thread.print`, virtual ones too by
/// `jcmd PID Thread.dump_to_file FILE`.
///
/// ```
///   clients          http ×N ──────────────┐ submit, change                ┌── journal-writer ──▶ disk
///      │             websocket-read ×N ────┤                               │       ▲  lines of many changes, one sync
///      ▼             cron ─────────────────┼──▶ the ledger (one lock) ─────┤       │
///   HTTP-Dispatcher  dispatch ─────────────┤                               │   journal-preparer: the next segment
///   websocket-accept attempt-ID ×N ────────┘                               │   journal-compaction
///                        │   ▲                                             │
///                        ▼   │ watch                      durable events ──┴──▶ event-hub ──▶ http, websocket-write ×N
///                      hosts ◀── health-HOST ×N
/// ```
///
/// | thread | kind | what it does, and what it waits for |
/// |---|---|---|
/// | `main` | platform | waits for a signal, or for the end of a journal that cannot be written; then closes |
/// | `warm-up` | platform, ends | loads the classes that the first answer needs, while the journal is read |
/// | `HTTP-Dispatcher` | platform, of the JDK, one a loopback | accepts, and hands each request to a thread `http` |
/// | `http` | virtual, one a request | answers; waits for the disk (submit), an end (`wait`) or events (SSE) |
/// | `slow-requests`, `late` | virtual | end requests that arrive too slowly; `late` tells one client why |
/// | `gone-callers`, `caller-left` | virtual | look for callers that have hung up; cancel their calls |
/// | `ask-HOST` | virtual, one a request | asks a host for a list that a caller wants |
/// | `load` | virtual, one a load | loads or unloads a model for a caller |
/// | `tls-files` | virtual, with TLS | reads the certificate and the key again when their files change |
/// | `websocket-accept` | platform, one a loopback | accepts connections |
/// | `websocket-read`, `websocket-write` | virtual, two a connection | read messages; write events |
/// | `websocket-look` | virtual | pings idle connections and closes those that are stuck |
/// | `journal-writer` | platform | writes all waiting lines, syncs once, and wakes their callers |
/// | `journal-preparer` | platform | makes the next segment ahead of its use |
/// | `journal-compaction` | platform | rewrites old segments without obsolete lines |
/// | `dispatch` | platform | does due work; any thread may give ready tasks to hosts with a free place |
/// | `attempt-ID` | virtual, one an attempt | runs one attempt on a host; an interrupt ends it |
/// | `waiting-callers` | virtual | wakes waiting callers of relayed calls to check the time |
/// | `watch` | virtual, one a host | ends calls that are silent for too long |
/// | `health-HOST` | virtual, one a host | checks the host |
/// | `event-hub` | virtual | passes durable events on to all subscribers |
/// | `history` | virtual, ends | reads the last day from the journal, for the charts |
/// | `cron` | platform | fires what is due |
/// | `actions` | platform | does the next step of each action on many tasks |
/// | `idle-collection` | virtual | collects garbage while there is nothing to do |
/// | `supervisor` | platform, only under systemd | sends READY=1, WATCHDOG=1 as long as the queue answers, STOPPING=1 |
/// | `SIGHUP handler` | platform, of the JDK | reloads the settings: [server.Reload] |
///
/// `main` and `dispatch` are not daemons: they keep the process alive until it is closed.
///
/// **Reload** (SIGHUP). All settings are read and checked as at the start, against the kinds of host that run. Only if
/// nothing is wrong are the live ones applied; the log names the others that wait for a restart.
///
/// **Stop.** `Server.close` runs on `main`, once: no more requests are accepted; cron, actions and compaction end;
/// running attempts have `server.grace`, then they are interrupted and their tasks put back; followers are told and
/// disconnected; the queue writes the remaining lines and releases the lock of its directory. A second signal ends the
/// process at once; everything acknowledged is in the journal by then.
///
/// **Rules of the start.** The time to `/readyz` is a goal of `make bench`. The class archive cannot hold classes that
/// `invokedynamic` generates at run time, so code on the path of every start avoids them: no `equals`, `hashCode` or
/// `toString` of a record, no `switch` over types, no formatting of dates, no `SecureRandom`. Each costs 7 to 16 ms the
/// first time. Code that looks odd for this reason points here. Measure each again with every new JDK.
package server;
