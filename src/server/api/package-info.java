/// The handlers: the server's answer to each request, and its messages on each stream. [server.api.HttpApi] is the
/// table of contents.
///
/// ```
///  POST, PUT, DELETE ─▶ TaskApi, BatchApi, CronApi, QueueApi ─▶ queue ─▶ the answer leaves once the change is durable
///  GET ───────────────▶ ListApi, TaskApi, ServerApi, …       ─▶ a look at the queue, as JSON
///  GET …/events, /ws ─▶ EventsApi, LiveDialogue ─▶ a Subscription's items ─▶ SseEncoder, LineEncoder, messages
/// ```
///
/// **Rules.** A handler only translates: the queue decides about tasks. Each handler runs on the virtual thread of its
/// request. Long reads (searches, replays, whole lists) follow the queue's `Pace`, so that other requests are answered
/// meanwhile. A task that is deleted while it is read is omitted, or is a 404.
///
/// To add a route: a row in `HttpApi.routes` with its scope (what a token must allow) and its query parameters (others
/// are a 400), a method beside the others, its row in README's table and in `guide/http-api.md`, its test in
/// `test/server/api`. A route that changes something has the scope `SUBMIT` only if the handler restricts it to tasks
/// of the asker's own client.
package server.api;
