/// OpenAI-compatible hosts: a task is translated into OpenAI's words ([server.executor.openai.Translation], a table),
/// and the answer back into Ollama's final object.
///
/// ```
///  Call ── Translation ──▶ /chat/completions ──▶ ServerSentEvents ──▶ CompletionAnswer ──▶ result
///                          /completions                                ToolCalls
///                          /embeddings ────────────────────────────▶ EmbeddingsAnswer ──▶ result
/// ```
///
/// - What has no counterpart is left out and named in the result's `notes`, or refused before anything is sent if the
///   answer would be one to another question.
/// - Keys and headers of an [server.executor.openai.Endpoint] are secrets: every message of a host passes through
///   `redact`.
package server.executor.openai;
