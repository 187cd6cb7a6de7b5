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
/// **Lock rule.** The state is read and changed, and the journal appended to, only under the lock. No disk is read,
/// nobody is waited for and no listener is called under it: decisions and looks must be quick and call nobody back. The
/// feed has a lock of its own below it. Long walks ([server.queue.page], compaction) look in many small steps.
///
/// **Order.** The journal's order is the state's order; listeners of durable events see that order too. Listeners of
/// changes are called by the threads that made them, after the lock is free, so two changes may be told in either
/// order.
///
/// **Full disk.** An append that finds no room changes nothing. The client waits outside of the lock and decides again,
/// since the state may have changed meanwhile; only a decision that has appended nothing yet may run into it. What an
/// event may use of the reserves is its `Urgency`: new tasks the least, ends of tasks everything.
///
/// **Failed journal.** From then on every change is refused with 503, and so is every look that waits for durability;
/// memory may be ahead of the disk, and nobody is told of it.
package server.queue.ledger;
