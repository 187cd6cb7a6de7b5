/// OpenAI-compatible hosts: a task is translated into OpenAI's API ([server.executor.openai.Translation], a table),
/// and the answer back into Ollama's final object.
///
/// ```
///  Call ── Translation ──▶ /chat/completions ──▶ ServerSentEvents ──▶ CompletionAnswer ──▶ result
///                          /completions                                ToolCalls
///                          /embeddings ────────────────────────────▶ EmbeddingsAnswer ──▶ result
/// ```
///
/// - A field without a counterpart is left out and named in the result's `notes`; if the answer would then be to
///   another question, the task is refused before anything is sent.
/// - Keys and headers of an [server.executor.openai.Endpoint] are secrets: every message about a failure and every
///   answer that is an error, with its head, passes through `redact`. A successful answer (2xx) does not, nor an error
///   inside it: it is passed on as it arrives, byte for byte, so a host that repeats a key there publishes it.
package server.executor.openai;
