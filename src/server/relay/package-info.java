/// Relayed calls: requests of clients of Ollama, OpenAI and Anthropic pass through the queue unchanged.
///
/// ```
///  POST /api/chat, /v1/…  ─▶ RelayApi ─▶ Submission ─▶ TaskQueue ─▶ dispatch ─▶ TaskExecutor.relay ──HTTP──▶ host
///                               │                                                     │
///                               ▼                                                     ▼ each byte as it comes
///                           RelayedCall ◀────────────────────────────── live.RelayedAnswer ◀── the task's durable end
///                               └──▶ the caller: the true status, the host's bytes, signs of life, a late error
/// ```
///
/// | class | what it does |
/// |---|---|
/// | `ApiForm` | the API that a path belongs to, and the form of its refusals |
/// | `CallerHints` | who calls and how, from headers, path and body |
/// | `RelayApi` | makes a task of a call |
/// | `RelayedCall` | one caller that waits for its task's answer and then gets it |
/// | `RepeatedAnswer` | the answer to a call that is repeated after its task has ended |
/// | `AnswerForm` | the form of one call's answer: its type, its signs of life, its end where it fails |
/// | `PassedCalls` | calls that are not tasks: lists of all hosts together, questions about one model, the root |
/// | `ModelCalls` | the calls that change a host's models, passed on to one host |
/// | `LastAnswers`, `ModelLists` | the last answers of each host, and how they are combined |
/// | `KnownVersions` | the version that each host reported last, over a restart too |
///
/// **Rules.** Bodies and answers pass byte for byte; only a stream of which just the result is left is built again. The
/// queue reads parts of them leniently ([server.task.RelayBody]): the host judges. The status is held back until the
/// true one is known. A call that ends with its caller goes to its host while the disk still works; the first byte of
/// an answer follows the attempt's durable start, and the last byte the task's durable end.
///
/// **Threads.** A call keeps its `http` thread until its answer is written; a host's answer is read by the attempt's.
package server.relay;
