/// Ollama hosts. A task's payload is the body for Ollama's own endpoint and is sent unchanged, with `model` and
/// `stream` in front; the objects of the streamed answer are joined into one, the result.
///
/// - `/api/chat`, `/api/generate`: NDJSON, read line by line; the last line has `"done":true`. An answer without it
///   was cut off. `/api/embed`: one object.
/// - `/api/version`, `/api/tags`, `/api/ps` report the state of the host.
/// - Bytes of an answer are copied, not decoded and encoded again: a result has the host's own bytes.
package server.executor.ollama;
