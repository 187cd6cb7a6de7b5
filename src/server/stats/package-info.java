/// The queue's recent history, in memory only; the time before the server's start is read from the journal.
///
/// | class | what it keeps |
/// |---|---|
/// | `History` | the last 24 hours, minute by minute, made from the durable events |
/// | `Failures` | the tasks that failed in the last hour, by cause |
/// | `Recent`, `Rates` | how often something happened in the last minutes |
/// | `SoFar`, `Buckets` | totals since the server's start, for monitoring |
/// | `AttemptNews` | how `dispatch` reports attempts |
/// | `Work`, `WorkOf` | the hosts' time used by tasks, by priority, model and client |
/// | `Rebuilding` | reads the time before the start from the journal |
/// | `Histogram` | durations, for percentiles to within its error |
///
/// **Rules.** `History` is safe for any thread and waits for nobody; the journal's writer calls it. Its `switch` over
/// events has no default: a new event must be given its meaning here. Times are those of the wall clock.
package server.stats;
