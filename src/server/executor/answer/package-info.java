/// Reads hosts' answers, and joins a stream's pieces into one result. The kinds of host and the relay share it.
///
/// ```
///   Ollama's lines ────────▶ StreamedAnswer ──────────────────────┐
///   OpenAI's events ─▶ ServerSentEvents ─▶ CompletionAnswer ──────┼──▶ result: Ollama's final object
///                                          ToolCalls, ErrorObject │
///                                          Members: JSON, one level deep
///   events of responses and messages ─▶ KeptStream ───────────────▶ result: {"content_type":…,"text":…}
/// ```
///
/// The reverse direction, for hosts that do not speak a caller's API and for repeated answers:
///
/// ```
///   pieces, result ─▶ AnswerWriter ─┬─ OllamaWriter ─▶ lines of JSON, one object
///                      (Said)       └─ OpenAiWriter ─▶ events, one object
/// ```
///
/// Bytes of an answer are copied, not decoded and encoded again: a result has the host's own bytes. Any error in an
/// answer is a [server.executor.HostFailure].
package server.executor.answer;
