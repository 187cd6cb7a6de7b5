/// A task: its submission, its form in memory, and its JSON.
///
/// ```
///   POST body ──▶ SubmissionReader ──▶ Submission ──▶ (queue) ──▶ Task ──▶ TaskJson ──▶ GET, events
///                 │  FieldReader: one value, checked               │
///                 │  TermsBuilder, RunnerOptions: how it is run    ├ TaskState   its life, drawn there
///                 └  PayloadBuilder, ChatTurns:                    ├ Terms       times, retries, host
///                    what the model is asked ──▶ a slice           └ Attempt     one run on one host
///                    EndpointBody, RelayBody: a whole body, unchanged
/// ```
///
/// Rules:
/// - Everything here is immutable except the readers, each of which serves one text (`SubmissionReader`: all). A change
///   creates a new `Task`.
/// - A submission is checked once, here. An error in a value is a `JsonException` that names the member and its place;
///   an error in the whole is a `Problem`. Both are answered with 400.
/// - A payload's values keep their bytes. A payload that needs no change is a slice of the request.
/// - Each field of a task's JSON is either accepted by a submit or listed in [shared.TaskFields#SERVERS]; a test
///   compares the two, so that an export can be imported.
/// - Times are milliseconds since the epoch and durations milliseconds; 0 is none.
///
/// Assumed: a payload is not kept in memory (it is read from the journal), and with a million tasks each byte of
/// [server.task.Task] counts.
package server.task;
