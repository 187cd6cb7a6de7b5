/// Kinds of host, and single attempts on a host. This room knows neither the queue nor the dispatcher.
///
/// ```
///  dispatch ── open(kind, address) ──▶ ExecutorRegistry ──▶ ExecutorProvider (ollama, openai, echo, plug-ins)
///     │                                                          │ open
///     │── run(Call, Pieces) ─────────────────────────────▶ TaskExecutor ──HTTP──▶ host
///     │◀─ Outcome: Completed(result) or Failed(cause) ────────┘  │
///     └─ report() ──▶ HostReport, or HostFailure                 └─ pieces, as they come ──▶ live
/// ```
///
/// - A [server.executor.ExecutorProvider] is found with `ServiceLoader`; the built-in kinds are providers like any
///   other. A jar in the folder of plug-ins gets a layer of its own, and may take addresses from the built-in kinds.
/// - A [server.executor.TaskExecutor] is used by many threads at once. `run` blocks its (virtual) thread to the end
///   of the attempt; an interrupt ends it and closes the request.
/// - Every failure is an [server.executor.Outcome.Failed] with a cause; no host makes `run` throw. The cause says whose
///   fault it is; `dispatch` decides the consequences.
/// - A result is Ollama's final object, for every kind of host: readers know one form.
///
/// Rooms: `wire` is the HTTP that kinds share, `ollama` and `openai` are its users, `echo` needs no network.
package server.executor;
