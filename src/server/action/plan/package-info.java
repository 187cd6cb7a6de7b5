/// What an action is: one change for all tasks that matched a filter at one moment. Pure: no clock, no thread, no I/O;
/// it knows `server.task` and `shared`.
///
/// | noun | is |
/// |---|---|
/// | `ActionPlan` | what its user asked for, and what matched |
/// | `ActionKind` | what is done to each task |
/// | `Changes` | what is to be otherwise where tasks are retried |
/// | `TaskAction` | the plan, and how far it has come; immutable |
/// | `ActionEvent` | a change of one |
/// | `ActionIndex` | those at work, and the last 100 that have ended |
/// | `ActionJson` | how users and the feed see one |
///
/// ```
///              step (done grows)
///               ┌────┐
///  accepted ──▶ running ──┬──▶ completed   each of its tasks was changed or refused
///                         └──▶ stopped     somebody stopped it; what was done stays
/// ```
package server.action.plan;
