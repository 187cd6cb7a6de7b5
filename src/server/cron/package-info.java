/// Cron tasks in operation: their requests, their place in the queue's ledger, and the timer that turns due times into
/// tasks. [server.cron.plan] defines cron tasks and decides about them, and does not know this room; expressions are in
/// [shared.cron].
///
/// ```
///  "cron" (platform)  CronTimer ─ CronStore.due ─ CronPolicy.decide ─┬─ Wait: sleeps, at most a second
///        ▲ wake: a cron task or the queue's mode changed             ├─ Change: one event (skipped, waiting)
///        │                                                          ▼
///        └──────────────  CronStore.fire ◀─ CronRequests.submission ◀─ Fire
///                         one unit of the journal: [cancel of the old task] [fired] [submit]
///  handlers           CronRequests ─ CronReader, Templates ─ CronStore ─▶ Ledger
/// ```
///
/// **Rules.** A due time creates exactly one task or is skipped with a reason, even across crashes, because both lines
/// of a firing are one unit. The timer takes only the ledger's lock, through its doors, and does nothing while the
/// queue is paused or draining: due times that pass meanwhile are missed, and `missed` says how they are treated.
///
/// **Clocks.** The timer compares the wall clock with the monotonic one each second. If the clock is set forward, or
/// after a sleep of the machine, the due times passed count as missed. If it is set back by three hours or more, all
/// cron tasks follow the new time at once; if by less, no due time fires again.
package server.cron;
