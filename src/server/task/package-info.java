/// A task: what a submit says of it, what memory holds of it, and its JSON.
///
/// ```
///   POST body ──▶ SubmissionReader ──▶ Submission ──▶ (queue) ──▶ Task ──▶ TaskJson ──▶ GET, events
///                 │  FieldReader: one value, checked               │
///                 │  TermsBuilder, RunnerOptions: how it is run    ├ TaskState   its life, drawn there
///                 └  PayloadBuilder, ChatTurns:                    ├ Terms       times, retries, host
///                    what the model is asked ──▶ a slice           └ Attempt     one run on one host
///                    EndpointBody, RelayBody: a whole body, as it stands
/// ```
///
/// Rules:
/// - All here is immutable but the readers, which serve one text. A change of a task makes a new one.
/// - What a submit says is checked once, here: what is wrong with a value is a `JsonException` that names the member
///   and its place, what is wrong with the whole a `Problem`. Both are answered with 400.
/// - A payload's values stay the bytes that they were. Where nothing is to be changed, the payload is a slice of the
///   request.
/// - What a task's JSON shows is either what a submit takes or stands in [shared.TaskFields#SERVERS]; a test holds the
///   two together, so that what was exported can be imported.
/// - Times are milliseconds since the epoch and durations milliseconds; 0 is none.
///
/// Assumed: a payload is not kept in memory (it lies in the journal); of a million tasks each byte in
/// [server.task.Task] counts.
package server.task;
