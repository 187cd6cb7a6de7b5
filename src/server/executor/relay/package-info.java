/// Calls of the hosts' own APIs, passed on unchanged.
///
/// ```
///   RelayCall ─▶ HostRelay ──HTTP──▶ host
///                  │ ◀── answer ──────┘
///                  ├── every byte as it is read ──▶ RelaySink ──▶ the caller
///                  └── the same bytes, read ──▶ server.executor.answer ──▶ result, for the task's record
/// ```
///
/// A call for a host that does not speak the call's API is run as a task:
///
/// ```
///   RelayCall ─▶ RunAsCall ──TaskExecutor.run──▶ host
///                  │ ◀── pieces, result ──────────┘
///                  └── AnswerWriter ──▶ RelaySink ──▶ the caller
/// ```
///
/// - A refusal or a lost connection never reaches the sink: it is an outcome, and the call may be repeated on another
///   host.
/// - A host's answer is read at the host's pace, however slow the caller is.
/// - The result of a whole answer is the answer itself. A stream of Ollama's lines or of completions is joined into one
///   object; any other stream becomes `{"content_type":…,"text":…}`.
package server.executor.relay;
