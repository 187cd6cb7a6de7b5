/// Calls of the hosts' own APIs, passed on unchanged.
///
/// ```
///   RelayCall ─▶ HostRelay ──HTTP──▶ host
///                  │ ◀── answer ──────┘
///                  ├── every byte as it is read ──▶ RelaySink ──▶ the caller
///                  └── the same bytes, read ──▶ server.executor.answer ──▶ result, for the task's record
/// ```
///
/// A call of Ollama's API for a host that does not speak it is run as a task:
///
/// ```
///   RelayCall ─▶ RunAsCall ──TaskExecutor.run──▶ host
///                  │ ◀── pieces, result ──────────┘
///                  └── AnswerWriter ──▶ RelaySink ──▶ the caller
/// ```
///
/// - A refusal or a lost connection never reaches the sink: it is an outcome, and the call may be repeated elsewhere.
/// - A host's answer is read at the host's pace, however slow the caller is.
/// - A whole answer's result is the answer itself; a stream of Ollama's lines or of chat completions is put together;
///   other streams are `{"content_type":…,"text":…}`.
package server.executor.relay;
