/// The queue: the operations on tasks for handlers (`TaskQueue`) and the dispatcher (`Runs`). There are six rooms; each
/// knows only those to its right:
///
/// ```
///  queue ──▶ page ──▶ ledger ──▶ line ──▶ state ──▶ index
///  TaskQueue  lists    lock,      events   the pure   where a
///  Runs                journal,   as JSON  state and  task is
///  Compaction          feed       lines    decisions  found
/// ```
///
/// **The path of a change**, for instance a submit:
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
/// one owner, the ledger; an attempt holds a [server.queue.Run], which is void as soon as the task's state changes. The
/// feed reports a task's end, so threads that wait in [server.queue.TaskQueue#awaitEnd] wake only when it is durable.
///
/// **Threads.** Only "journal-compaction" ([server.queue.Compaction]) belongs to this room; any thread may call every
/// method.
///
/// **A batch** is prepared by its caller's threads before the lock is taken: the lock is held only for the append and
/// the indexes. Its lines lie outside the heap until they are durable, because the heap may have no room for them in
/// addition to a long queue.
package server.queue;
