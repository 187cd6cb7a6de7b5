/// Cron tasks at work: their requests, their place in the queue's ledger, and the timer that makes due times into
/// tasks. What a cron task is and what becomes of it is decided in [server.cron.plan], which knows nothing of this
/// room; expressions are [shared.cron].
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
/// **Rules.** A due time makes exactly one task or is passed over with a reason, through crashes too, since both lines
/// of a firing are one unit. The timer takes no lock but the ledger's, through its doors, and does nothing while the
/// queue is paused or draining: due times that pass meanwhile are missed, and `missed` says what becomes of them.
///
/// **Clocks.** The timer compares the wall clock with the monotonic one each second. Set forward, or after a sleep of
/// the machine, due times are missed ones; set back by three hours or more, all cron tasks follow the new time at once;
/// set back by less, no due time comes again.
package server.cron;
