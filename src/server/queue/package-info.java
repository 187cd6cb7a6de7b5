/// The queue: what handlers (`TaskQueue`) and the dispatcher (`Runs`) do with tasks. Six rooms, each knows only those
/// to its right:
///
/// ```
///  queue ──▶ page ──▶ ledger ──▶ line ──▶ state ──▶ index
///  TaskQueue  lists    lock,      events   the pure   where a
///  Runs                journal,   as JSON  state and  task is
///  Compaction          feed       lines    decisions  found
/// ```
///
/// **The way of a change**, for instance a submit:
///
/// ```
///  TaskQueue.submit ─ Ledger.change ─┬─ waits while the disk is far behind               no lock
///                                    ├─ QueueState.submit: an Event, or a Problem        ┐
///                                    ├─ Journal.tryAppend: the commit point, or NoRoom   ├ under the lock
///                                    ├─ QueueState.apply                                 ┘
///                                    ├─ NoRoom: waits for room, then starts again        no lock
///                                    ├─ tells the dispatcher and cron's timer            no lock
///                                    ▼
///                             Commit.durable ─ waits for the journal's sync ─▶ answer
///                                                       └─▶ Feed ─▶ DurableEvent, on the journal's writer thread
/// ```
///
/// **Rules.** Nothing is answered or shown before it is durable, unless a method says otherwise. A task's status has
/// one owner, the ledger; whoever runs an attempt holds a [server.queue.Run], which is void as soon as the task's state
/// is another one. What a task's end means is told by the feed, so those who wait in [server.queue.TaskQueue#awaitEnd]
/// wake only when it is durable.
///
/// **Threads.** None of its own but "journal-compaction" ([server.queue.Compaction]); every method may be called by any
/// thread.
///
/// **A batch** is made ready by its caller's threads before the lock is taken: the lock is held for the append and the
/// indexes only. Its lines lie outside of the heap until they are durable, because the heap need not have room for them
/// beside a long queue.
package server.queue;
