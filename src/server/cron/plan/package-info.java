/// What a cron task is, and what becomes of it. Pure: no clock, no thread, no I/O; it knows `server.task` and `shared`.
///
/// | noun | is |
/// |---|---|
/// | `CronPlan` | what its user asked for, but for the template |
/// | `CronTask` | the plan, and how far it has come; immutable |
/// | `CronRuns` | its last 20 runs, packed |
/// | `CronEvent` | a change of one |
/// | `CronIndex` | all of them, by id and by the time of their next look |
///
/// | reads or decides | |
/// |---|---|
/// | `CronReader`, `CronJson` | the JSON of requests and answers |
/// | `CronSchedule` | due times, with zone, bounds and jitter |
/// | `CronPolicy` | missed, overlapping and late runs: each method answers a `CronEvent` |
package server.cron.plan;
