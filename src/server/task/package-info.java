/// A task: its submit, its form in memory, and its JSON.
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
/// - Everything here is immutable except the readers, each of which serves one text. A change creates a new `Task`.
/// - A submit is checked once, here: an error in a value is a `JsonException` that names the member and its place, an
///   error in the whole a `Problem`. Both are answered with 400.
/// - A payload's values keep their bytes. If nothing has to be changed, the payload is a slice of the request.
/// - Each field of a task's JSON is either accepted by a submit or listed in [shared.TaskFields#SERVERS]; a test
///   compares the two, so that an export can be imported.
/// - Times are milliseconds since the epoch and durations milliseconds; 0 is none.
///
/// Assumed: a payload is not kept in memory (it lies in the journal); of a million tasks each byte in
/// [server.task.Task] counts.
package server.task;
