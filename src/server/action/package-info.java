/// Actions at work: their place in the queue's ledger, and the thread that carries them out. What an action is is told
/// in [server.action.plan], which knows nothing of this room.
///
/// ```
///  handlers  Actions.matched ─▶ ids of what matched at one moment ─▶ Actions.accept ─▶ [accepted]  durable, then 202
///                                                                           │ wakes
///  "actions" (platform)  ActionRunner ─ Actions.step ─ one unit of the journal: [change of a task ×1…64] [progress]
///                                             ▲                                         │ waits until it is durable
///                                             └──────── a step of each action in turn ──┘
/// ```
///
/// **Rules.** An action touches exactly the tasks whose ids stand in its first line. A step's changes and the line that
/// tells how far the action has come are one unit of the journal, which recovery keeps whole or not at all; so after
/// any crash it goes on with the next task, and none is done twice. A step holds the ledger's lock for a few
/// milliseconds at most, and between two steps the thread waits for the disk and keeps to the queue's
/// [server.queue.ledger.Pace].
///
/// **Retries with changes.** What a task was asked for stays as it is in the journal, so a task that is to be otherwise
/// is submitted anew ([Anew]), by the reader of all submits; where that is asked for, the task is deleted in the same
/// unit. A step does one of them, for they may be large.
///
/// **Refusals.** What cannot be done to a task by now (it has ended, it is gone, its client has no room) is counted by
/// its reason, and the action goes on. A full disk or a failed journal is no refusal: the action waits.
package server.action;
