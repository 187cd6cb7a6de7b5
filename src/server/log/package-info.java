/// The log: one line per event (`event=task_started id=…`), written by whichever thread logs. [server.log.LogProvider]
/// makes it the back end of `System.Logger`; level and destination can change while the server runs.
///
/// - A line is `event=NAME key=value key="value"`; [shared.LogValue] writes text from elsewhere, so that it is one
///   value, whatever it contains. No prompt, answer or secret is logged, nor the words of a host that may quote one.
/// - With `log_format: json` each line is an object: `time level logger event`, a member for each field of the event,
///   and `stack` for an exception; text that is not an event is a `message`. Values are strings. Control characters
///   are shown ([shared.Controls]), so that no text from elsewhere looks like a line.
/// - Rule: log or throw, never both. An expected failure has no stack; `error=` holds its message.
/// - A line is written whole under the log's lock, so lines never mix. A failing log stops nothing.
package server.log;
