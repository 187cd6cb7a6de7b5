/// Relayed calls: what the clients of Ollama, OpenAI and Anthropic ask of their APIs goes through the queue, unchanged.
///
/// | class | what it does |
/// |---|---|
/// | `ApiForm` | the API that a path belongs to, and the form of its refusals |
/// | `CallerHints` | who calls and how, from headers, path and body |
/// | `RelayBody` | what the queue reads of a body |
/// | `AnswerForm` | the form of one call's answer: its type, its signs of life, its end where it fails |
/// | `GoneCallers`, `TcpTable` | finds callers that have left while their calls wait |
///
/// **Rules.** Bodies and answers pass byte for byte; nothing here builds them anew. What the queue reads of them, it
/// reads leniently: the host judges.
package server.relay;
