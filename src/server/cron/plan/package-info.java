/// Cron tasks and the decisions about them. Pure: no clock, no thread, no I/O; it knows `server.task` and `shared`.
///
/// | noun | is |
/// |---|---|
/// | `CronPlan` | the user's request, except the template |
/// | `CronTask` | the plan and its progress; immutable |
/// | `CronRuns` | its last 20 runs, packed |
/// | `CronEvent` | a change of a cron task |
/// | `CronIndex` | all cron tasks, by id and by the time of their next check |
///
/// | reads or decides | |
/// |---|---|
/// | `CronReader`, `CronJson` | the JSON of requests and answers |
/// | `CronSchedule` | due times, with zone, bounds and jitter |
/// | `CronPolicy` | missed, overlapping and late runs: each method returns a `CronEvent` |
package server.cron.plan;
