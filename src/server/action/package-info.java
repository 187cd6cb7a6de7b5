/// Actions in operation: their place in the queue's ledger, and the thread that carries them out. [server.action.plan]
/// defines what an action is, and does not know this room.
///
/// ```
///  handlers  Actions.matched ─▶ ids of what matched at one moment ─▶ Actions.accept ─▶ [accepted]  durable, then 202
///                                                                           │ wakes
///  "actions" (platform)  ActionRunner ─ Actions.step ─ one unit of the journal: [change of a task ×1…64] [progress]
///                                             ▲                                         │ waits until it is durable
///                                             └──────── a step of each action in turn ──┘
/// ```
///
/// **Rules.** An action changes exactly the tasks whose ids are in its first line. A step's changes and its line of
/// progress are one unit of the journal, which recovery keeps whole or not at all; so after any crash the action
/// continues with the next task, and none is done twice. A step holds the ledger's lock for a few milliseconds at most,
/// and between two steps the thread waits for the disk and keeps to the queue's [server.queue.ledger.Pace].
///
/// **Retries with changes.** A task's request never changes in the journal, so a retry with changes submits a new task
/// ([Anew]), by the reader of all submits; if requested, the old task is deleted in the same unit. A step handles one
/// such task, because tasks may be large.
///
/// **Refusals.** A change that has become impossible (the task has ended or is gone, its client has no room) is counted
/// by its reason, and the action continues. A full disk or a failed journal is not a refusal: the action waits.
package server.action;
