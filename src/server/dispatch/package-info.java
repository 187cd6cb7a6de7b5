/// Gives ready tasks to hosts, and decides what follows the end of an attempt.
///
/// ```
///  "dispatch" (platform)   tick, at the latest each second ─┐
///  a submit, an attempt's end, a host's change ─────────────┴▶ is there a place? ─ Routing.place for the queue's
///                                                              next tasks ─ startNext ─┐
///                                                                                      ▼
///  "attempt-ID" (virtual)  await the start's durability ─ TaskExecutor.run ─ Outcome ─ complete, fail or put back
///  "health-HOST" (virtual) every `health_check_interval`, at once after a failure: report() ─▶ Host
/// ```
///
/// **Routing** ([server.dispatch.Routing], pure). The settings give each task a first and perhaps a second choice:
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
/// Each host then has a level for the task, best first; the first level that has any host decides (FIRST means the
/// first choice, SECOND the second):
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
/// Within a level: fewer failures of this task, first choice, runner loaded, higher `priority`, less load per `weight`,
/// model loaded, higher `weight`. A host that would have to evict or reload an answering runner
/// ([server.order.Residency]) comes last, and gets nothing until that runner is done.
///
/// **What a failure means.** A status and its text become a cause in one table, `executor/wire/Refusal`; failures
/// below HTTP do in `LostConnection`. The consequences of a cause:
///
/// | cause | examples | the attempt | the task | the host |
/// |---|---|---|---|---|
/// | FINAL, TIMEOUT | 400, 422, a wrong option, NaN, its time is over | counts | fails | goes on |
/// | ACCOUNT | 3xx, 401, 402, 403, 429 | does not count | elsewhere, or waits | gets no tasks for this model |
/// | FRONT | 404 without a model, 405, 413–415, 431, 501 | does not count | another host, then fails | is checked |
/// | MODEL_MISSING | 404 that names the model | does not count | another host, then fails | lacks it |
/// | PASSING | a lost connection, silence, 408, 5xx | counts | again, after a pause | is checked |
/// | BUSY | 503, 529 | does not count | elsewhere, or waits | gets no tasks for this model for a while |
/// | UNREACHABLE | no connection | does not count | elsewhere, or waits | is down |
/// | OWN | no descriptors or memory here | does not count | waits | no host gets tasks for a while |
///
/// An attempt that does not count is still recorded once its answer has begun, for its readers.
///
/// A model that a host refuses (ACCOUNT) is tried again after 1 s, doubling to a minute, or when the host says so; a
/// model for which the host is busy likewise, doubling to 30 s. There is one try at the end of each pause, and once its
/// answer has begun the pause is over. A second model refused in the same way sets the whole host aside, unless a task
/// completed there since; so does a refusal of the host's own list. A host whose `requests_per_minute` are used up is
/// left alone until it may get the next request; that is not a failure. A task that is refused while others of its
/// model run waits alone. Before FRONT ends a task, the host is asked whether it still is what its kind says; if not,
/// it is down and the task waits. A task gives up waiting at its `expires_at`.
///
/// **Rules.** The thread that made a task ready, or a place free, starts attempts; one thread at a time. A
/// [server.dispatch.Host] is guarded by its own lock, held for moments and never while another is taken; a
/// [server.dispatch.Circuit] has its own below it. The queue's lock may be held while a routing is asked, so routing
/// takes no lock of the queue. A cancelled task's attempt is interrupted; its end does nothing, since its run is no
/// longer current. The dispatch thread looks each second for attempts whose thread has died, and ends them.
///
/// **Start-up rule** (rules of the start, on the front page of `server`). The order within a level is written out as
/// `if`s: comparators made by `Comparator` are serializable lambdas, which a class archive cannot keep.
package server.dispatch;
