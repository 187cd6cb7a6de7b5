/// What an action is: one change for all tasks that matched a filter at one moment. Pure: no clock, no thread, no I/O;
/// it knows `server.task` and `shared`.
///
/// | noun | is |
/// |---|---|
/// | `ActionPlan` | the user's request, and the tasks that matched |
/// | `ActionKind` | the change made to each task |
/// | `Changes` | the changes with which tasks are retried |
/// | `TaskAction` | the plan and its progress; immutable |
/// | `ActionEvent` | a change of an action |
/// | `ActionIndex` | running actions, and the last 100 that have ended |
/// | `ActionJson` | an action as users and the feed see it |
///
/// ```
///              step (done grows)
///               ┌────┐
///  accepted ──▶ running ──┬──▶ completed   each of its tasks was changed or refused
///                         └──▶ stopped     somebody stopped it; its changes stay
/// ```
package server.action.plan;
