/// The pure state and its decisions: no clock, no thread, no I/O, no randomness. A decision reads the state and returns
/// an [server.queue.state.Event] or throws a `Problem`; [server.queue.state.QueueState#apply] applies every event and
/// refuses none. The live path and the replay of the journal apply the same events in the same order, so they come to
/// the same state; `QueueSimulationTest` holds both against a plain model.
///
/// The life of a task is drawn on `server.task.TaskState`; [server.queue.state.LifeCycle] has one method for each
/// transition. [server.cron.plan] decides about cron tasks.
///
/// **Rules.** One caller at a time: the ledger's lock is held. Only the ledger calls `apply`. An event is a fact with
/// the whole task in it, so a line of the journal can be read without those before it.
package server.queue.state;
