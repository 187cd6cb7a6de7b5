/// The single writer: lock, state, journal and feed behind two doors.
///
/// ```
///           change(decision) ──▶ ┌─────────── lock ───────────┐      ┌ Commit: the value, and what must be durable
///  clients                       │ QueueState  =  Journal     │ ──▶  │   durable() waits for it
///           look(function)   ──▶ │ in the same order          │      └   value() does not
///                                └──────────┬─────────────────┘
///                                           ▼ "journal-writer": sync
///                                          Feed ──▶ listeners of DurableEvents; the last 1,024 are kept
/// ```
///
/// **Lock rule.** The state is read and changed, and the journal appended to, only under the lock. Under it no disk is
/// read, no thread is waited for and no listener is called: decisions and looks must be quick and make no callbacks.
/// The feed has its own lock below it. Long walks ([server.queue.page], compaction) look in many small steps.
///
/// **Order.** The journal's order is the state's order; listeners of durable events see the same order. Listeners of
/// changes are called by the threads that made the changes, after the lock is released, so two changes may be reported
/// in either order.
///
/// **Full disk.** An append that finds no room changes nothing. The client waits outside the lock and decides again,
/// since the state may have changed meanwhile; this can only happen to a decision that has appended nothing yet. An
/// event's `Urgency` says how much of the reserves it may use: new tasks the least, ends of tasks everything.
///
/// **Failed journal.** After a failure every change is refused with 503, and so is every look that waits for
/// durability; memory may be ahead of the disk, and that state is not shown.
package server.queue.ledger;
