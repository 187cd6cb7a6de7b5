/// Gives ready tasks to hosts, and decides what follows from an attempt's end.
///
/// ```
///  "dispatch" (platform)   tick ─ is there a place? ─ Routing.place for the queue's next tasks ─ startNext ─┐
///        ▲ wake: submit, end of an attempt, a host changed, at the latest after a second                    │
///        │                                                                                                  ▼
///  "attempt-ID" (virtual)  await the start's durability ─ TaskExecutor.run ─ Outcome ─ complete, fail or put back
///  "health-HOST" (virtual) every `health_check_interval`, at once after a failure: report() ─▶ Host
/// ```
///
/// **Routing** ([server.dispatch.Routing], pure). The settings name a first choice and perhaps a second one:
///
/// | the task | first choice | second choice |
/// |---|---|---|
/// | names a host (`on`) | that host | none |
/// | asks for an endpoint (`remote`) | endpoints | local hosts, with `fallback_to_local` |
/// | critical priority, `local_first_policy` | endpoints | local hosts, with `fallback_to_local` |
/// | high priority, `local_first_policy`, `max_local_queue_size` waiting | endpoints | local hosts, likewise |
/// | high priority, without `local_first_policy` | endpoints | local hosts, likewise |
/// | any other | local hosts | endpoints, if there are any |
///
/// Each host then stands at a level for the task, best first; the first level that has any host decides
/// (FIRST is of the first choice, SECOND of the second):
///
/// | level | the host | the task |
/// |---|---|---|
/// | FIRST, SECOND | is healthy, has the model, has not failed the task | is sent, or waits for a free place |
/// | FAILED | is healthy, has the model, but has failed the task | is sent |
/// | AWAY | has the model, but cannot be sent anything | waits |
/// | ASK, UNKNOWN | lacks the model by its list, or is not known yet | is sent, to ask |
/// | SOON | is away for a moment and lacks the model by its list | waits |
/// | HOPELESS | is away for longer and lacks the model | fails: no host has the model |
///
/// Within a level: fewer failures of this task, first choice, higher `priority`, less load per `weight`, model loaded,
/// higher `weight`.
///
/// **Rules.** Only the dispatch thread begins attempts. A [server.dispatch.Host] is guarded by its own lock, held for
/// moments and never while another is taken; a [server.dispatch.Circuit] has its own below it. The queue's lock may be
/// held while a routing is asked, so routing takes no lock of the queue. A cancelled task's attempt is interrupted; its
/// end does nothing, since its run is no longer current.
///
/// **Start-up rule.** The order within a level is written out as `if`s: comparators made by `Comparator` are
/// serializable lambdas, which a class archive cannot keep, and making them anew costs every start some milliseconds.
/// Ask that again of each JDK.
package server.dispatch;
